namespace Lepton.Benchmarks.LongRuns;

/// <summary>One kill: when and what.</summary>
internal sealed record Kill(double AtSeconds, string Target, string Region);

/// <summary>Kills silos and agents at random moments with SIGKILL, and starts the silos again; agents are started again by their silo.</summary>
internal sealed class Killer(IReadOnlyList<RegionProcess> regions, LongRunOptions options, RunClock clock)
{
    private readonly Random _random = new(options.Seed);
    private readonly List<Kill> _kills = [];
    private readonly List<string> _deaths = [];

    public IReadOnlyList<Kill> Kills => _kills;

    /// <summary>Silos that ended although nobody killed them.</summary>
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
        if (dice < 55) KillAgent(region);
        if (dice < 45) return;
        KillSilo(region);
        // Sometimes two regions are down at once.
        if (dice > 92) foreach (var other in candidates.Where(r => r != region)) KillSilo(other);
        await Task.Delay(TimeSpan.FromSeconds(_random.Next(1, 8)));
        foreach (var down in regions.Where(r => r.Killed)) down.Start();
    }

    private void KillAgent(RegionProcess region)
    {
        if (region.AgentPid() is not { } pid) return;
        Proc.Signal(pid, Proc.SigKill);
        _kills.Add(new Kill(clock.Seconds, "agent", region.Region));
    }

    private void KillSilo(RegionProcess region)
    {
        if (region.SiloPid is null) return;
        region.KillSilo();
        _kills.Add(new Kill(clock.Seconds, "silo", region.Region));
    }

    private void Revive()
    {
        foreach (var region in regions)
        {
            if (region.Died is { } code)
            {
                _deaths.Add($"silo of {region.Region} ended by itself with code {code} after {clock.Seconds:0} s");
                region.Start();
            }
            else if (region.Killed) region.Start();
        }
    }
}

/// <summary>Seconds since the load began.</summary>
internal sealed class RunClock
{
    private long _start = TimeProvider.System.GetTimestamp();

    public double Seconds => TimeProvider.System.GetElapsedTime(_start).TotalSeconds;

    public void Restart() => _start = TimeProvider.System.GetTimestamp();
}
