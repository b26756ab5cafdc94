using Lepton.Scheduling.Annealing;

namespace Lepton.Scheduling.Genetic;

/// <summary>
/// A genetic algorithm on the same energy as the annealer: children take the placement of one parent and, task by task, what of the other's is
/// allowed, then are improved by short annealing at low temperature.
/// </summary>
/// <remarks>
/// Input: copies of one placement, one for each child of a generation. Output: the best plan bred. Cost: O(tasks) a child beside its moves. Limits:
/// every child keeps the hard rules, because it is made by allowed moves only. Source: Holland, 1975; memetic form, Moscato, 1989.
/// </remarks>
public sealed class GeneticSearch<TEnergy> : IOptimiser
    where TEnergy : struct, IEnergy
{
    private readonly IPlacementSystem<TEnergy>[] _systems;
    private readonly GeneticOptions _options;
    private readonly List<Individual> _population = [];
    private readonly int[] _allNodes;
    private readonly int[] _allTasks;
    private readonly double _scale;
    private Brood<TEnergy>[] _broods = [];
    private int _generation;

    public GeneticSearch(IReadOnlyList<IPlacementSystem<TEnergy>> systems, GeneticOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _systems = [.. systems];
        _options = options;
        _allTasks = [.. _systems[0].TasksBySize];
        _allNodes = new int[_systems[0].Nodes];
        for (var n = 0; n < _allNodes.Length; n++) _allNodes[n] = n;
        _scale = PriceSample.Scale(_systems[0], options.Seed);
        var start = new int[_systems[0].Tasks];
        _systems[0].CopyTo(start);
        _population.Add(new Individual(start, _systems[0].Value));
    }

    public double BestValue => _population[0].Value;

    public ReadOnlySpan<int> Best => _population[0].Nodes;

    public double Progress { get; private set; }

    public bool IsDone => Progress >= 1;

    public Tally Tally { get; private set; }

    /// <summary>The next generation: one child for each copy of the placement.</summary>
    public IReadOnlyList<IPiece> Begin(long moves, double progress)
    {
        var random = SeedStream.For(_options.Seed, $"generation {_generation++}");

        // Children are improved ever colder: from a tenth of the scale of prices down by three orders.
        var temperature = _scale * 0.1 * Math.Pow(1e-3, Progress);
        _broods = new Brood<TEnergy>[_systems.Length];
        for (var c = 0; c < _broods.Length; c++)
        {
            var (one, other) = (Pick(ref random), Pick(ref random));
            _broods[c] = new Brood<TEnergy>(
                _systems[c], one, other, _allTasks, _allNodes, _options.Around, temperature, moves / _broods.Length, random.NextUInt64());
        }

        Progress = Math.Min(1, progress);
        return _broods;
    }

    public void End()
    {
        foreach (var brood in _broods)
        {
            Tally += brood.Tally;
            if (brood.Child is { } child && !_population.Exists(i => i.Value == child.Value)) _population.Add(child);
        }

        _population.Sort((a, b) => a.Value.CompareTo(b.Value));
        if (_population.Count > _options.Population) _population.RemoveRange(_options.Population, _population.Count - _options.Population);
    }

    /// <summary>The better of two drawn.</summary>
    private Individual Pick(ref SeedStream random)
    {
        var (a, b) = (_population[random.Next(_population.Count)], _population[random.Next(_population.Count)]);
        return a.Value <= b.Value ? a : b;
    }
}
