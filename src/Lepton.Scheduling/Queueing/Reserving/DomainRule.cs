using System.Collections.Immutable;

namespace Lepton.Scheduling.Queueing.Reserving;

/// <summary>How many of a crowd may stand together in a failure domain, and how many stand in each now.</summary>
/// <param name="DomainOf">Domain of each node, by the node's number; -1: it stands in none.</param>
/// <param name="There">Tasks of the crowd in each domain.</param>
/// <param name="Everywhere">Tasks of the crowd in all domains, and elsewhere.</param>
internal sealed record DomainRule(ImmutableArray<int> DomainOf, ImmutableArray<int> There, int Everywhere)
{
    /// <summary>No more than this in one domain.</summary>
    public int Most { get; init; } = int.MaxValue;

    /// <summary>At most so many more than in the emptiest of <see cref="Open"/>; 0: no limit.</summary>
    public int Skew { get; init; }

    /// <summary>Domains that could take one, were they empty; for <see cref="Skew"/>.</summary>
    public ImmutableArray<int> Open { get; init; } = [];

    /// <summary>Only where some of the crowd are.</summary>
    public bool IsNear { get; init; }

    /// <summary>Those who are to be placed are of the crowd themselves.</summary>
    public bool CountsPieces { get; init; }

    /// <summary>A node that stands in no domain may be used.</summary>
    public bool AllowsNoDomain { get; init; }
}
