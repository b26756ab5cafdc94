namespace Lepton.Scheduling.Annealing;

/// <summary>
/// Several passes over copies of one placement that cool together: when one falls behind, it goes on from where a better one is.
/// </summary>
/// <remarks>
/// Small placements freeze early into good or bad shapes by chance; a team notices in time and uses threads that parts of a small placement
/// could not. A member takes over the state of a better one with probability 1 − exp(−(1/T' − 1/T) × (E − E')), the resampling rule of
/// population annealing. The result depends on seed, members and rounds only. Source: Hukushima, Iba, 2003.
/// </remarks>
public sealed class AnnealingTeam<TEnergy> : IOptimiser
    where TEnergy : struct, IEnergy
{
    private readonly IPlacementSystem<TEnergy>[] _systems;
    private readonly AnnealingPass<TEnergy>[] _passes;
    private readonly int[] _copy;
    private readonly ulong _seed;
    private double _temperature;
    private int _round;

    public AnnealingTeam(IReadOnlyList<IPlacementSystem<TEnergy>> systems, AnnealingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _systems = [.. systems];
        _seed = options.Seed;
        _passes = new AnnealingPass<TEnergy>[_systems.Length];
        for (var m = 0; m < _systems.Length; m++)
        {
            var seed = SeedStream.For(options.Seed, $"member {m}").NextUInt64();
            _passes[m] = new AnnealingPass<TEnergy>(_systems[m], options with { Seed = seed, Moves = options.Moves / _systems.Length });
        }

        // One schedule for all: the scale each member sampled differs by chance.
        foreach (var pass in _passes) pass.Schedule = _passes[0].Schedule;
        _copy = new int[_systems[0].Tasks];
        _temperature = _passes[0].Schedule.At(0);
    }

    public double BestValue => BestMember.BestValue;

    public ReadOnlySpan<int> Best => BestMember.Best;

    public double Progress => _passes[0].Progress;

    public bool IsDone => Progress >= 1;

    public Tally Tally
    {
        get
        {
            var tally = default(Tally);
            foreach (var pass in _passes) tally += pass.Tally;
            return tally;
        }
    }

    private AnnealingPass<TEnergy> BestMember
    {
        get
        {
            var best = _passes[0];
            foreach (var pass in _passes)
            {
                if (pass.BestValue < best.BestValue) best = pass;
            }

            return best;
        }
    }

    public IReadOnlyList<IPiece> Begin(long moves, double progress)
    {
        var pieces = new List<IPiece>();
        foreach (var pass in _passes) pieces.AddRange(pass.Begin(moves / _passes.Length, progress));
        return pieces;
    }

    public void End()
    {
        foreach (var pass in _passes) pass.End();
        var temperature = _passes[0].Schedule.At(Progress);
        var colder = (1 / temperature) - (1 / _temperature);
        _temperature = temperature;
        if (_passes.Length > 1) Resample(colder);
    }

    private void Resample(double colder)
    {
        var random = SeedStream.For(_seed, $"resample {_round++}");
        for (var m = 0; m < _systems.Length; m++)
        {
            var other = random.Next(_systems.Length);
            var behind = _systems[m].Value - _systems[other].Value;
            if (behind <= 0 || random.NextDouble() >= 1 - Math.Exp(-colder * behind)) continue;
            _systems[other].CopyTo(_copy);
            _systems[m].Restore(_copy);
        }
    }
}
