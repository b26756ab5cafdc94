using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Placement;

namespace Lepton.Scheduling.Tests.Placement;

/// <summary>Ledgers and shapes in few words.</summary>
internal static class Nodes
{
    public static NodeId Id(int number) => new(Some.East, $"n{number:D2}");

    public static NodeLedger Ledger(params Capacity[] sizes)
    {
        var ledger = new NodeLedger();
        for (var i = 0; i < sizes.Length; i++) ledger.Add(i, sizes[i]);
        return ledger;
    }

    public static void Add(this NodeLedger ledger, int number, Capacity size, NodePhase phase = NodePhase.Ready) =>
        ledger.Apply(Specs.Says(Id(number), 1, new NodeSpec(size, [], ImmutableSortedDictionary<string, string>.Empty, "1.0"), phase));

    public static TaskShape Shape(Capacity asked, params string[] avoid) =>
        TaskShape.Of(Some.Template() with { Demand = new Demand(asked), Avoid = [.. avoid] }, null, Some.Settings().Fleet);

    public static void Place(this NodeLedger ledger, int task, NodeEntry node, TaskShape shape) => ledger.Offer(Some.Task(task), 0, node.Id, shape.Demand.Capacity);
}
