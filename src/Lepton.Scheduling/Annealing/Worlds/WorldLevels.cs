namespace Lepton.Scheduling.Annealing.Worlds;

/// <summary>
/// The world on two levels: a coordinator anneals bundles over pools, then every region puts what it got on places and anneals within itself.
/// </summary>
/// <remarks>
/// Input: a world in a valid state. Output: the best plan seen, valid at every moment; until the upper level is done that is the start. Regions share
/// nothing beneath, so each is a piece of its own. The result depends on seed and rounds only. Cost: O(tasks) between the levels; the upper level holds
/// one row a bundle, not a task.
/// </remarks>
public sealed class WorldLevels : IOptimiser
{
    /// <summary>Proposals a bundle below which a second copy would leave each too few.</summary>
    private const long MovesPerBundleOfTwo = 1_000;

    private readonly WorldLevelsOptions _options;
    private readonly WorldAggregate _aggregate;
    private readonly WorldSystem _system;
    private readonly int[] _start;
    private readonly double _startValue;
    private readonly AnnealingTeam<WorldEnergy> _upper;
    private AnnealingTeam<WorldEnergy>? _lower;

    public WorldLevels(WorldModel world, WorldLevelsOptions options)
    {
        ArgumentNullException.ThrowIfNull(world);
        ArgumentNullException.ThrowIfNull(options);
        _options = options;
        _system = new WorldSystem(world);
        _start = new int[_system.Tasks];
        _system.CopyTo(_start);
        _startValue = _system.Value;
        _aggregate = WorldAggregate.Of(world, options.BundleDevices);
        var moves = (long)(options.Moves * options.UpperShare);
        var copies = moves > MovesPerBundleOfTwo * Bundles ? 2 : 1;
        _upper = new AnnealingTeam<WorldEnergy>(
            [.. Enumerable.Range(0, copies).Select(_ => new WorldSystem(_aggregate.Model))],
            new AnnealingOptions { Seed = options.Seed, Moves = moves, Parts = 1, Around = options.Around });
    }

    /// <summary>Bundles the coordinator looks at.</summary>
    public int Bundles => _aggregate.Model.Tasks.Length;

    public double BestValue => _lower?.BestValue ?? _startValue;

    public ReadOnlySpan<int> Best => _lower is null ? _start : _lower.Best;

    public double Progress { get; private set; }

    public bool IsDone => Progress >= 1;

    public Tally Tally => _upper.Tally + (_lower?.Tally ?? default);

    /// <summary>Value of the plan right after regions put on places what the coordinator sent; null before.</summary>
    public double? SettledValue { get; private set; }

    public IReadOnlyList<IPiece> Begin(long moves, double progress)
    {
        Progress = Math.Min(1, progress);
        var share = _options.UpperShare;
        if (_lower is null && Progress <= share) return _upper.Begin(moves, Progress / share);
        _lower ??= Beneath();
        return _lower.Begin(moves, (Progress - share) / (1 - share));
    }

    public void End()
    {
        if (_lower is null) _upper.End();
        else _lower.End();
    }

    private AnnealingTeam<WorldEnergy> Beneath()
    {
        var energy = _system.Cut(new int[_system.Nodes], 1)[0];
        new WorldSettler(_system.Model).Settle(ref energy, _aggregate.PoolOfTasks(_upper.Best));
        SettledValue = _system.Join([energy]);

        // A plan that does not survive the way down is not carried out.
        if (SettledValue > _startValue) _system.Restore(_start);
        return new AnnealingTeam<WorldEnergy>(
            [_system],
            new AnnealingOptions
            {
                Seed = SeedStream.For(_options.Seed, "beneath").NextUInt64(),
                Moves = (long)(_options.Moves * (1 - _options.UpperShare)),
                Parts = _system.Model.Regions,
                Around = _options.Around,
            });
    }
}

/// <summary>How the two levels share the work.</summary>
public sealed record WorldLevelsOptions
{
    public ulong Seed { get; init; } = 1;

    /// <summary>Proposals expected on both levels.</summary>
    public required long Moves { get; init; }

    /// <summary>Share of the proposals for the coordinator; default 0.75, range above 0 and below 1.</summary>
    public double UpperShare { get; init; } = 0.75;

    /// <summary>Devices in a bundle of the coordinator; default 32. Larger bundles mean fewer rows and a coarser plan.</summary>
    public int BundleDevices { get; init; } = 32;

    public Neighbourhood Around { get; init; } = new() { Displacements = 0, Homes = 0.3, Draws = 1 };
}
