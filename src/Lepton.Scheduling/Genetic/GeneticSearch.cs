using Lepton.Scheduling.Annealing;

namespace Lepton.Scheduling.Genetic;

/// <summary>
/// A memetic algorithm on the same energy as the annealer: founders are improved from the start plan, children mix the placements of two parents task by
/// task as far as rules allow, and all are improved by the annealer's own moves.
/// </summary>
/// <remarks>
/// Input: copies of one placement, one for each child of a generation. Output: the best plan bred. The first founder only descends; the others cool from
/// a temperature that forgets the start; children are warmed up half as far. A generation is a share of the progress, so that it takes as many rounds as
/// the caller likes. Cost: O(tasks) a child beside its moves. Limits: every plan keeps the hard rules, because it is made by allowed moves only; it is
/// an opponent, as a rule weaker than the annealer, which spends all moves on few plans. Source: Holland, 1975; memetic form, Moscato, 1989.
/// </remarks>
public sealed class GeneticSearch<TEnergy> : IOptimiser
    where TEnergy : struct, IEnergy
{
    private const double ChildrenStartAt = 0.5;

    private readonly IPlacementSystem<TEnergy>[] _systems;
    private readonly GeneticOptions _options;
    private readonly List<Individual> _population = [];
    private readonly Individual _start;
    private readonly CoolingSchedule _schedule;
    private readonly int[] _allNodes;
    private readonly int[] _allTasks;
    private Brood<TEnergy>[] _broods = [];
    private Individual _best;
    private int _generation = -1;
    private Tally _ended;

    public GeneticSearch(IReadOnlyList<IPlacementSystem<TEnergy>> systems, GeneticOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _systems = [.. systems];
        _options = options;
        _allTasks = [.. _systems[0].TasksBySize];
        _allNodes = new int[_systems[0].Nodes];
        for (var n = 0; n < _allNodes.Length; n++) _allNodes[n] = n;
        var start = new int[_systems[0].Tasks];
        _systems[0].CopyTo(start);
        _start = new Individual(start, _systems[0].Value);
        _population.Add(_best = _start);
        var movesOfChild = options.Moves / (double)(options.Generations * _systems.Length);
        _schedule = new CoolingSchedule(PriceSample.Scale(_systems[0], options.Seed), movesOfChild / Math.Max(1, _allTasks.Length));
    }

    public double BestValue => _best.Value;

    public ReadOnlySpan<int> Best => _best.Nodes;

    public double Progress { get; private set; }

    public bool IsDone => Progress >= 1;

    public Tally Tally
    {
        get
        {
            var tally = _ended;
            foreach (var brood in _broods) tally += brood.Tally;
            return tally;
        }
    }

    /// <summary>The next round of this generation, or the first of the next: one piece for each copy of the placement.</summary>
    public IReadOnlyList<IPiece> Begin(long moves, double progress)
    {
        // A round belongs to the generation its middle lies in, so that rounding of progress cannot shift it.
        var middle = (Progress + Math.Min(1, progress)) / 2 * _options.Generations;
        var generation = Math.Clamp((int)middle, 0, _options.Generations - 1);
        if (generation != _generation) NextGeneration(generation);
        var (from, to) = (Age(Progress), Age(progress));
        Progress = Math.Min(1, progress);
        return [.. _broods.Select((b, c) => b.Round(CoolingOf(c, from, to), moves / _broods.Length))];
    }

    /// <summary>Looks at the children as they are, so that there is a best plan at every moment.</summary>
    public void End()
    {
        foreach (var brood in _broods)
        {
            if (brood.BestValue < BestValue) _best = brood.Child;
        }
    }

    private double Age(double progress) => Math.Clamp((progress * _options.Generations) - _generation, 0, 1);

    private Cooling CoolingOf(int child, double from, double to)
    {
        if (_generation >= _options.Founding) return new Cooling(_schedule.At(Warm(from)), _schedule.At(Warm(to)));
        return _generation == 0 && child == 0 ? new Cooling(0, 0) : new Cooling(_schedule.At(from), _schedule.At(to));

        static double Warm(double age) => ChildrenStartAt + ((1 - ChildrenStartAt) * age);
    }

    private void NextGeneration(int generation)
    {
        var random = SeedStream.For(_options.Seed, $"generation {generation}");
        foreach (var brood in _broods)
        {
            _ended += brood.Tally;

            // A child whose pieces were cancelled before they ran was never born.
            if (double.IsInfinity(brood.BestValue)) continue;
            var child = brood.Child;
            if (!_population.Exists(i => i.Value == child.Value)) _population.Add(child);
        }

        _population.Sort((a, b) => a.Value.CompareTo(b.Value));
        if (_population.Count > _options.Population) _population.RemoveRange(_options.Population, _population.Count - _options.Population);
        _generation = generation;
        var founding = generation < _options.Founding;
        _broods = new Brood<TEnergy>[_systems.Length];
        for (var c = 0; c < _broods.Length; c++)
        {
            var (one, other) = founding ? (_start, null) : (Pick(ref random), Pick(ref random));
            _broods[c] = new Brood<TEnergy>(_systems[c], one, other, _allTasks, _allNodes, _options.Around, random.NextUInt64());
        }
    }

    /// <summary>The better of two drawn.</summary>
    private Individual Pick(ref SeedStream random)
    {
        var (a, b) = (_population[random.Next(_population.Count)], _population[random.Next(_population.Count)]);
        return a.Value <= b.Value ? a : b;
    }
}
