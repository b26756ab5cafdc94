namespace Lepton.Benchmarks.LongRuns;

/// <summary>How long, how hard, and where a long run goes.</summary>
internal sealed record LongRunOptions
{
    public required TimeSpan Length { get; init; }

    /// <summary>The report; beside it lie the samples (<c>.jsonl</c>) and the curves (<c>.svg</c>).</summary>
    public required string Report { get; init; }

    /// <summary>State of the fleet; a folder of its own, removed at the end.</summary>
    public required string Home { get; init; }

    public required double JobsPerSecond { get; init; }

    /// <summary>Mean time between two kills.</summary>
    public required TimeSpan KillEvery { get; init; }

    /// <summary>How long ended jobs, logs and artifacts are kept.</summary>
    public required TimeSpan Retain { get; init; }

    public required int Seed { get; init; }

    public required int FirstPort { get; init; }

    public int HttpPort(int region) => FirstPort + region;

    public int SiloPort(int region) => FirstPort + 8 + region;

    public int GatewayPort(int region) => FirstPort + 16 + region;

    /// <summary>Of the region's agent.</summary>
    public int MetricsPort(int region) => FirstPort + 24 + region;

    /// <summary>Said in the report: what else ran on the machine, and the like.</summary>
    public required string Remark { get; init; }

    public static IReadOnlyList<string> Regions { get; } = ["us-east", "eu-west", "ap-south"];

    /// <summary>The region whose processes are never killed: only what lives long can show a leak.</summary>
    public static string Spared => Regions[^1];

    public static TimeSpan SampleEvery { get; } = TimeSpan.FromSeconds(10);
}
