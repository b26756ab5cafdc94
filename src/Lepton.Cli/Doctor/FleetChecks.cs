using System.Collections.Immutable;
using Lepton.Cli.Output;
using Lepton.Client;
using Lepton.Client.Wire;

namespace Lepton.Cli.Doctor;

/// <summary>Whether the fleet answers and holds together, as the server and each region's own server tell it.</summary>
internal sealed class FleetChecks(ILepton lepton, Uri server, Func<Uri, ILepton> serverOf, TimeProvider time, string ownVersion)
{
    private static readonly TimeSpan Skewed = TimeSpan.FromSeconds(2);

    /// <summary>A margin of the leases by default: beyond, a node may be given up while it still works.</summary>
    private static readonly TimeSpan BadlySkewed = TimeSpan.FromSeconds(5);

    private const int MostNodes = ListLimits.Longest;

    public async Task<ImmutableArray<Finding>> All(CancellationToken cancel)
    {
        ServerVersion version;
        try
        {
            version = await lepton.GetVersionAsync(cancel);
        }
        catch (LeptonException e)
        {
            return [Finding.Fail("api", $"{server}: {e.Message}", e.Problem.Hint is { } hint ? $"{hint} Or start a fleet here: lepton up." : "Start a fleet here: lepton up.")];
        }

        var found = ImmutableArray.CreateBuilder<Finding>();
        found.Add(Api(version));
        try
        {
            var regions = (await lepton.ListRegionsAsync(cancel)).Items;
            foreach (var region in regions) found.AddRange(await Region(region, version, cancel));
            found.Add(Voters(regions.Length));
            found.AddRange(Nodes(await lepton.ListNodesAsync(new NodeFilter { Limit = MostNodes }, cancel), version));
        }
        catch (LeptonException e)
        {
            found.Add(Finding.Fail("api", $"{server}: {e.Message}", e.Problem.Hint ?? "The silo's log says more."));
        }

        return found.ToImmutable();
    }

    public Finding Api(ServerVersion version)
    {
        var said = $"{server} answers: region {version.Region}, version {version.Version}, {version.Runtime}";
        return Same(version.Version, ownVersion)
            ? Finding.Ok("api", said)
            : Finding.Warn("api", $"{said}; this program is {ownVersion}", "Use one version everywhere: upgrade the older one.");
    }

    public static Finding Voters(int regions) => regions switch
    {
        1 => Finding.Warn("regions", "1 region: nothing takes over when it is lost", "Add regions; three of them keep a majority when one is lost."),
        2 => Finding.Warn("regions", "2 regions and no witness: when one is lost the other is no majority, so there is no election and no takeover", "Add a third region."),
        _ => Finding.Ok("regions", $"{regions} regions: a majority is left when one is lost"),
    };

    public IEnumerable<Finding> Nodes(Page<NodeDetail> nodes, ServerVersion version)
    {
        var silent = nodes.Items.Where(n => n.State is "Lost" or "Suspect").ToList();
        foreach (var node in silent)
        {
            var heard = $"{node.Id} is {node.State}, last heard {Words.Span(time.GetUtcNow() - node.LastBeat)} ago";
            yield return node.State == "Lost"
                ? Finding.Warn("nodes", heard, "Its lease has run out. Start its agent again, or leave it: its tasks run elsewhere.")
                : Finding.Warn("nodes", heard, "Its lease still runs: look at its machine and its agent's log.");
        }

        var live = nodes.Items.Where(n => n.State is not "Lost").ToList();
        foreach (var others in live.Where(n => !Same(n.AgentVersion, version.Version)).GroupBy(n => n.AgentVersion))
        {
            yield return Finding.Warn("nodes", $"{Words.Count(others.Count(), "agent")} of version {others.Key}, the server is {version.Version}: {Some(others.Select(n => n.Id))}", "Upgrade them.");
        }

        if (silent.Count == 0 && live.Count > 0) yield return Finding.Ok("nodes", $"{Words.Count(live.Count, "node")}, all leases are renewed{(nodes.Items.Length < nodes.Total ? $" ({nodes.Total:N0} in all)" : "")}");
    }

    private async Task<IReadOnlyList<Finding>> Region(RegionDetail region, ServerVersion version, CancellationToken cancel)
    {
        var found = new List<Finding> { State(region) };
        if (region.State == RegionDetail.Unreachable) return found;
        if (region.AsOf is { } at && Skew(region.Region, at) is { } skew) found.Add(skew);
        if (!region.Here && region.Server is { } address) found.Add(await Peer(region.Region, new Uri(address), version, cancel));
        return found;
    }

    public static Finding State(RegionDetail region) => region.State switch
    {
        RegionDetail.Ready => Finding.Ok("region", $"{region.Region} is ready: {region.ReadyNodes} of {Words.Count(region.Nodes ?? 0, "node")}"),
        RegionDetail.NoNodes => Finding.Warn("region", $"{region.Region} has no ready node ({region.Nodes ?? 0} known): it accepts jobs and runs none", "Start an agent there; its log says why it does not join."),
        _ => Finding.Fail(
            "region",
            $"{region.Region} does not answer{(region.AgeSeconds is { } age ? $", last heard {Words.Span(TimeSpan.FromSeconds(age))} ago" : "")}: {region.Message}",
            "Start its silo, or repair the way to its gateway. Its jobs wait, other regions go on."),
    };

    public Finding? Skew(string region, DateTimeOffset at)
    {
        var skew = (at - time.GetUtcNow()).Duration();
        if (skew < Skewed) return null;
        var said = FormattableString.Invariant($"the clock of {region} is {skew.TotalSeconds:0.0} s off this machine's");
        const string set = "Keep both by NTP.";
        return skew < BadlySkewed ? Finding.Warn("clock", said, set) : Finding.Fail("clock", said, set);
    }

    private async Task<Finding> Peer(string region, Uri address, ServerVersion version, CancellationToken cancel)
    {
        try
        {
            var peer = await serverOf(address).GetVersionAsync(cancel);
            if (peer.Region != region) return Finding.Fail("peer", $"{address} is said to be {region} and answers as {peer.Region}", "Correct `fleet` in the regions' files: it is the same in all.");
            return Same(peer.Version, version.Version)
                ? Finding.Ok("peer", $"{region} answers at {address}, version {peer.Version}")
                : Finding.Warn("peer", $"{region} at {address} is version {peer.Version}, {version.Region} is {version.Version}", "Upgrade the older one.");
        }
        catch (LeptonException e)
        {
            return Finding.Warn("peer", $"{region} answers other regions, and not this machine at {address}: {e.Message}", "Lists of the whole fleet need that way as well: open it, or correct `http` in `fleet`.");
        }
    }

    /// <summary>What stands behind a plus says which build it is, not which version.</summary>
    private static bool Same(string one, string other) => one.Split('+')[0] == other.Split('+')[0];

    private static string Some(IEnumerable<string> ids)
    {
        var all = ids.ToList();
        return string.Join(", ", all.Take(3)) + (all.Count > 3 ? $" and {all.Count - 3} more" : "");
    }
}
