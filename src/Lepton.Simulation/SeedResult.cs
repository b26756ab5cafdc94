using System.Collections.Immutable;
using Lepton.Simulation.Checkers;
using Lepton.Simulation.Faults;

namespace Lepton.Simulation;

/// <summary>What one seed did and whether every rule held.</summary>
public sealed record SeedResult
{
    public required int Seed { get; init; }

    public required long Steps { get; init; }

    /// <summary>How long the run was for those inside it.</summary>
    public required TimeSpan VirtualTime { get; init; }

    /// <summary>Hash of the whole trace: equal for equal runs.</summary>
    public required ulong TraceHash { get; init; }

    public required int Regions { get; init; }

    public required int Nodes { get; init; }

    public required int Jobs { get; init; }

    public required int Tasks { get; init; }

    /// <summary>Processes started.</summary>
    public required int Attempts { get; init; }

    /// <summary>How often each kind of fault happened, by <see cref="FaultKind"/>.</summary>
    public required ImmutableArray<int> Faults { get; init; }

    public required ImmutableArray<Violation> Violations { get; init; }

    public bool Clean => Violations.IsEmpty;
}
