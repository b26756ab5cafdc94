namespace Lepton.Scheduling.Annealing;

/// <summary>
/// Annealing that finds out first how warm to begin: two short passes race, one from a temperature that forgets the start and one that keeps close to
/// it, and the rest of the budget goes the way that won.
/// </summary>
/// <remarks>
/// Where tasks away from home hold room twice, a hot start may jam a placement that a cold one improves at once; where the start is poor, a cold pass
/// never leaves it. Nothing cheap in an instance tells which, a short trial does. One copy of the placement cannot race: its pass is hot.
/// The result depends on seed, copies and rounds only. Source: racing of configurations (Birattari and others, 2002), with one race of two.
/// </remarks>
public sealed class AnnealingRace<TEnergy> : IOptimiser
    where TEnergy : struct, IEnergy
{
    /// <summary>Share of the budget that the race takes.</summary>
    public const double RaceShare = 0.12;

    /// <summary>Start temperature of the cold pass, relative to the hot one.</summary>
    public const double Cold = 0.04;

    private readonly IPlacementSystem<TEnergy>[] _systems;
    private readonly AnnealingOptions _options;
    private readonly AnnealingTeam<TEnergy>[] _racers;
    private readonly int[] _start;
    private readonly double _share;
    private AnnealingTeam<TEnergy>? _main;
    private IOptimiser _best;

    public AnnealingRace(IReadOnlyList<IPlacementSystem<TEnergy>> systems, AnnealingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        _systems = [.. systems];
        _options = options;
        _start = new int[_systems[0].Tasks];
        _systems[0].CopyTo(_start);
        _share = _systems.Length > 1 ? RaceShare : 0;
        _racers = _share > 0 ? [Racer(0, 1), Racer(1, Cold)] : [];
        if (_share > 0)
        {
            _best = _racers[0];
        }
        else
        {
            Heat = 1;
            _best = _main = Main(1);
        }
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

    public IReadOnlyList<IPiece> Begin(long moves, double progress)
    {
        Progress = Math.Min(1, progress);
        if (_main is null && Progress <= _share)
        {
            var part = Progress / _share;
            return [.. _racers.SelectMany(r => r.Begin(moves / _racers.Length, part))];
        }

        if (_main is null) Decide();
        return _main!.Begin(moves, (Progress - _share) / (1 - _share));
    }

    public void End()
    {
        if (_main is not null) _main.End();
        else foreach (var racer in _racers) racer.End();
        foreach (var racer in _racers) _best = racer.BestValue < _best.BestValue ? racer : _best;
        if (_main is not null && _main.BestValue <= _best.BestValue) _best = _main;
    }

    private void Decide()
    {
        Heat = _racers[1].BestValue < _racers[0].BestValue ? Cold : 1;
        foreach (var system in _systems) system.Restore(_start);
        _main = Main(Heat.Value);
    }

    private AnnealingTeam<TEnergy> Racer(int index, double heat) => new(
        [_systems[index]],
        _options with
        {
            Seed = SeedStream.For(_options.Seed, $"racer {index}").NextUInt64(),
            Moves = (long)(_options.Moves * _share / 2),
            Heat = _options.Heat * heat,
            Parts = 1,
        });

    private AnnealingTeam<TEnergy> Main(double heat) => new(
        _systems, _options with { Moves = (long)(_options.Moves * (1 - _share)), Heat = _options.Heat * heat });
}
