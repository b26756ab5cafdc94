using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Simulation.Checkers;

/// <summary>What a checker may look at: what is durable and what is physically there, never what a machine has in memory.</summary>
internal interface IWorldView
{
    TimeSpan Now { get; }

    IEnumerable<RegionId> Regions { get; }

    StoredRecord? Read(RegionId region, string key);

    IEnumerable<StoredRecord> Rows(RegionId region, string prefix);

    Capacity CapacityOf(NodeId node);

    ImmutableArray<Device> DevicesOf(NodeId node);

    ImmutableSortedDictionary<string, string> LabelsOf(NodeId node);

    ImmutableArray<Taint> TaintsOf(NodeId node);

    /// <summary>Queues that every region of the fleet has.</summary>
    ImmutableArray<QueueSettings> Queues { get; }

    /// <summary>The rule is broken: the message says by what, the entities select the lines of the trace to show.</summary>
    void Violate(string rule, string message, params IReadOnlyCollection<string> entities);
}
