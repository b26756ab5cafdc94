using Lepton.Model;

namespace Lepton.Scheduling.Placement.Neighbours;

/// <summary>What a term asks.</summary>
internal enum NearKind
{
    /// <summary>Some of the crowd in the same domain.</summary>
    Near,

    /// <summary>None of the crowd in the same domain.</summary>
    Away,

    /// <summary>Not too many of the crowd in the same domain.</summary>
    Spread,
}

/// <summary>One thing that a task asks of its neighbours, or they of it.</summary>
/// <param name="Kind">What is asked.</param>
/// <param name="Census">Of whom, and where they are.</param>
/// <param name="IsAboutItself">The task is one of those it speaks of: the first of them may start anywhere.</param>
/// <param name="MaxPerDomain">For <see cref="NearKind.Spread"/>; 0: no limit.</param>
/// <param name="MaxSkew">For <see cref="NearKind.Spread"/>; 0: no limit.</param>
/// <param name="IsTheirs">It is the rule of tasks under way, not of this one.</param>
/// <param name="Whom">The crowd, for people.</param>
internal sealed record NearTerm(NearKind Kind, Census Census, bool IsAboutItself, int MaxPerDomain, int MaxSkew, bool IsTheirs, string Whom)
{
    public DomainLevel By => Census.Level;

    public string Key => $"{(int)Kind}{(IsTheirs ? '<' : '>')}{MaxPerDomain}/{MaxSkew}{Census.Crowd.KeyAt(By)}";

    /// <summary>More of the crowd than this may not be in a domain before; the rule breaks with the next.</summary>
    public int Limit => Kind == NearKind.Away ? 1 : MaxPerDomain > 0 ? MaxPerDomain : int.MaxValue;

    /// <summary>Whether a node of this region breaks it. Cost: O(1).</summary>
    /// <param name="node">The node.</param>
    /// <param name="floor">Tasks of the crowd in the emptiest domain that could take one; for <see cref="MaxSkew"/>.</param>
    public bool TurnsDown(NodeEntry node, int floor)
    {
        var domain = node.DomainAt(By);
        if (domain < 0) return !IsTheirs;           // where it stands is not known, so nothing can be promised
        var there = Census.At(domain);
        return Kind == NearKind.Near
            ? there == 0 && !(IsAboutItself && Census.Everywhere == 0)
            : there >= Limit || (MaxSkew > 0 && there + 1 - floor > MaxSkew);
    }

    /// <summary>How well a node fulfils it as a wish, in [0, 1].</summary>
    public double Wish(NodeEntry node) => node.DomainAt(By) is var domain && domain < 0 ? 0 : Wish(Census.At(domain));

    public double Wish(int there) => Kind == NearKind.Near ? Math.Min(there, 1) : 1.0 / (1 + there);

    /// <summary>Whether another region may hold so many more, by what was sent there and what it says of itself; doubt speaks for it.</summary>
    public bool MayHoldIn(Peer peer, int tasks)
    {
        var domains = DomainsOf(peer.Summary);
        if (domains == 0) return IsTheirs;
        var there = Census.In(peer.Region);
        return Kind switch
        {
            // Of the tasks of its own job this region knows where all are.
            NearKind.Near => Census.Crowd.Job is null || there > 0 || (IsAboutItself && Census.Everywhere == 0),
            NearKind.Away when By == DomainLevel.Region => there == 0 && !(IsAboutItself && tasks > 1),
            NearKind.Away => !IsAboutItself || (long)there + tasks <= domains,
            _ => Limit == int.MaxValue || (long)there + tasks <= (long)Limit * domains,
        };
    }

    /// <summary>Failure domains of another region; more than any number when it does not say.</summary>
    private int DomainsOf(RegionSummary? summary)
    {
        if (By == DomainLevel.Region) return 1;
        if (summary is null) return int.MaxValue;
        if (By == DomainLevel.Node) return summary.Nodes;
        if (summary.Labels.IsDefault) return int.MaxValue;
        var name = By == DomainLevel.Zone ? Domains.Zone : Domains.Rack;
        var count = 0;
        foreach (var label in summary.Labels)
        {
            if (label.Length > name.Length && label[name.Length] == '=' && label.StartsWith(name, StringComparison.Ordinal)) count++;
        }

        return count;
    }
}
