namespace Lepton.Benchmarks.LongRuns;

/// <summary>One kill: when and what.</summary>
internal sealed record Kill(double AtSeconds, string Target, string Region);

/// <summary>Kills silos and agents at random moments with SIGKILL, and starts them again.</summary>
internal sealed class Killer(IReadOnlyList<RegionProcess> regions, LongRunOptions options, RunClock clock)
{
    private readonly Random _random = new(options.Seed);
    private readonly List<Kill> _kills = [];
    private readonly List<string> _deaths = [];

    public IReadOnlyList<Kill> Kills => _kills;

    /// <summary>Silos and agents that ended although nobody killed them.</summary>
    public IReadOnlyList<string> Deaths => _deaths;

    public async Task Run(CancellationToken stop)
    {
        try
        {
            while (true)
            {
                await Task.Delay(options.KillEvery * (0.4 + (1.2 * _random.NextDouble())), stop);
                await Strike(_random.Next(100));
                Revive();
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            Revive();
        }
    }

    private async Task Strike(int dice)
    {
        var candidates = regions.Where(r => r.Region != LongRunOptions.Spared).ToList();
        var region = candidates[_random.Next(candidates.Count)];
        if (dice < 55) Kill(region.Agent, "agent", region.Region);
        if (dice >= 45) Kill(region.Silo, "silo", region.Region);
        // Sometimes two regions are down at once.
        if (dice > 92) foreach (var other in candidates.Where(r => r != region)) Kill(other.Silo, "silo", other.Region);
        await Task.Delay(TimeSpan.FromSeconds(_random.Next(1, 8)));
    }

    private void Kill(KeptProcess process, string kind, string region)
    {
        if (process.Kill()) _kills.Add(new Kill(clock.Seconds, kind, region));
    }

    private void Revive() => _deaths.AddRange(regions.SelectMany(r => r.Start()).Select(death => $"{death} before {clock.Seconds:0} s"));
}

/// <summary>Seconds since the load began.</summary>
internal sealed class RunClock
{
    private long _start = TimeProvider.System.GetTimestamp();

    public double Seconds => TimeProvider.System.GetElapsedTime(_start).TotalSeconds;

    public void Restart() => _start = TimeProvider.System.GetTimestamp();
}
