namespace Lepton.Scheduling.Annealing;

/// <summary>
/// Annealing that finds out first how warm to begin: two short passes race, one from a temperature that forgets the start and one that keeps close to
/// it, and the rest of the budget goes the way that won.
/// </summary>
/// <remarks>
/// Where tasks away from home hold room twice, a hot start may jam a placement that a cold one improves at once; where the start is poor, a cold pass
/// never leaves it. Nothing cheap in an instance tells which, a short trial does. Two copies race side by side and begin again from the start. One
/// copy, a placement so large that it is cut into parts, runs its passes one after the other and goes on from the best of the one that won: at that
/// size moves are too few for a second descent, and the way that keeps close to the start is nearly a pure descent.
/// The result depends on seed, copies and rounds only. Source: racing of configurations (Birattari and others, 2002), with one race of two.
/// </remarks>
public sealed class AnnealingRace<TEnergy> : IOptimiser
    where TEnergy : struct, IEnergy
{
    /// <summary>Share of the budget that the race takes.</summary>
    public const double RaceShare = 0.12;

    /// <summary>Start temperature of the cold pass, relative to the hot one, where copies race side by side.</summary>
    public const double Cold = 0.04;

    /// <summary>Start temperature of the cold pass, relative to the hot one, where one copy runs both.</summary>
    public const double Frozen = 2e-6;

    private readonly IPlacementSystem<TEnergy>[] _systems;
    private readonly AnnealingOptions _options;
    private readonly AnnealingTeam<TEnergy>[] _racers;
    private readonly int[] _start;
    private AnnealingTeam<TEnergy>? _main;
    private IOptimiser _best;
    private bool _second;

    public AnnealingRace(IReadOnlyList<IPlacementSystem<TEnergy>> systems, AnnealingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _systems = [.. systems];
        _options = options;
        _start = new int[_systems[0].Tasks];
        _systems[0].CopyTo(_start);
        _racers = [Racer(0, 1), Racer(1, ColdHeat)];
        _best = _racers[0];
    }

    public double BestValue => _best.BestValue;

    public ReadOnlySpan<int> Best => _best.Best;

    public double Progress { get; private set; }

    public bool IsDone => Progress >= 1;

    /// <summary>Start temperature chosen, relative to the hot one; null while the race is on.</summary>
    public double? Heat { get; private set; }

    public Tally Tally
    {
        get
        {
            var tally = _main?.Tally ?? default;
            foreach (var racer in _racers) tally += racer.Tally;
            return tally;
        }
    }

    private bool Alone => _systems.Length == 1;

    private double ColdHeat => Alone ? Frozen : Cold;

    public IReadOnlyList<IPiece> Begin(long moves, double progress)
    {
        Progress = Math.Min(1, progress);
        if (_main is null && Progress <= RaceShare) return Alone ? BeginTurn(moves) : [.. _racers.SelectMany(r => r.Begin(moves / 2, Progress / RaceShare))];
        if (_main is null) Decide();
        return _main!.Begin(moves, (Progress - RaceShare) / (1 - RaceShare));
    }

    public void End()
    {
        if (_main is not null) _main.End();
        else if (Alone) _racers[_second ? 0 : 1].End();
        else foreach (var racer in _racers) racer.End();
        foreach (var racer in _racers) _best = racer.BestValue < _best.BestValue ? racer : _best;
        if (_main is not null && _main.BestValue <= _best.BestValue) _best = _main;
    }

    /// <summary>One copy: the cold pass has the first half of the race, the hot one the second.</summary>
    private IReadOnlyList<IPiece> BeginTurn(long moves)
    {
        const double Half = RaceShare / 2;
        if (Progress <= Half && !_second) return _racers[1].Begin(moves, Progress / Half);
        if (!_second)
        {
            _second = true;
            _systems[0].Restore(_start);
        }

        return _racers[0].Begin(moves, (Progress - Half) / Half);
    }

    private void Decide()
    {
        var cold = _racers[1].BestValue < _racers[0].BestValue;
        Heat = cold ? ColdHeat : 1;
        var from = Alone ? _racers[cold ? 1 : 0].Best : _start;
        foreach (var system in _systems) system.Restore(from);
        _main = Main(Heat.Value);
    }

    private AnnealingTeam<TEnergy> Racer(int index, double heat) => new(
        [_systems[Alone ? 0 : index]],
        _options with
        {
            Seed = SeedStream.For(_options.Seed, $"racer {index}").NextUInt64(),
            Moves = (long)(_options.Moves * RaceShare / 2),
            Heat = _options.Heat * heat,
            Parts = Alone ? _options.Parts : 1,
        });

    private AnnealingTeam<TEnergy> Main(double heat) => new(
        _systems, _options with { Moves = (long)(_options.Moves * (1 - RaceShare)), Heat = _options.Heat * heat });
}
