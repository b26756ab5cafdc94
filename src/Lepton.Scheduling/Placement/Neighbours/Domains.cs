using Lepton.Model;

namespace Lepton.Scheduling.Placement.Neighbours;

/// <summary>The failure domains of a region's nodes, numbered: a node is one, racks and zones are labels, the region is one.</summary>
internal sealed class Domains(NodeLedger ledger)
{
    public const string Zone = "zone";
    public const string Rack = "rack";

    private readonly Dictionary<string, int> _zones = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _racks = new(StringComparer.Ordinal);
    private (int Layout, long Respecified) _seen = (-1, -1);

    /// <summary>Some node says in which rack or zone it stands.</summary>
    public bool AreKnown => _zones.Count + _racks.Count > 0;

    /// <summary>Numbers the nodes anew when one joined or said anew what it is. Cost: O(nodes), else O(1).</summary>
    /// <returns>True when numbers may have changed.</returns>
    public bool Follow()
    {
        if (_seen == (ledger.Layout, ledger.Respecified)) return false;
        _seen = (ledger.Layout, ledger.Respecified);
        foreach (var node in ledger.NodeSpan)
        {
            node.ZoneDomain = NumberOf(_zones, node, Zone);
            node.RackDomain = NumberOf(_racks, node, Rack);
        }

        return true;
    }

    /// <summary>What a node's domain is called.</summary>
    public static string NameOf(NodeEntry node, DomainLevel level) => level switch
    {
        DomainLevel.Node => node.Id.Name,
        DomainLevel.Rack => node.Spec?.Labels?.GetValueOrDefault(Rack) ?? "",
        DomainLevel.Zone => node.Spec?.Labels?.GetValueOrDefault(Zone) ?? "",
        _ => node.Id.Region.Value,
    };

    private static int NumberOf(Dictionary<string, int> names, NodeEntry node, string label)
    {
        if (node.Spec?.Labels is not { } labels || !labels.TryGetValue(label, out var name) || name.Length == 0) return -1;
        if (!names.TryGetValue(name, out var number)) names.Add(name, number = names.Count);
        return number;
    }
}
