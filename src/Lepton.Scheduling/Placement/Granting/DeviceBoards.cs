using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Placement.Devices;

namespace Lepton.Scheduling.Placement.Granting;

/// <summary>Chooses node and devices for shapes that need devices: filter, cost of each way on each node, cheapest.</summary>
/// <remarks>
/// <b>Cost</b> costs are kept by (shape, way, node). A shape that is asked catches up with the nodes touched since it was asked last: O(touched nodes +
/// nodes / 64). All is counted anew when a node joined, the measures of loss changed, or the neighbours of a shape that looks at them. <b>Limits</b> 4 bytes for each shape, way and node, for the
/// <see cref="Kept"/> shapes asked last.
/// </remarks>
/// <param name="check">Assert mode: all kept costs are compared with costs asked anew before each pick.</param>
internal sealed class DeviceBoards(NodeLedger ledger, bool check = false)
{
    private const int Kept = 512;

    private readonly DeviceMix _mix = new();
    private readonly Dictionary<TaskShape, Boards> _boards = [];
    private DeviceChooser? _chooser;

    /// <summary>The node and its devices; equal costs go to the first name.</summary>
    public NodeEntry? Pick(TaskShape shape, out ImmutableArray<DeviceGrant> devices)
    {
        _chooser ??= new DeviceChooser(_mix);
        devices = [];
        if (ledger.Nodes.Count == 0) return null;
        if (_mix.Version == 0) _mix.Count(shape);       // the first request is all that is known of what comes
        if (!_boards.TryGetValue(shape, out var boards))
        {
            if (_boards.Count >= Kept) _boards.Clear();
            _boards.Add(shape, boards = new Boards(shape));
        }

        CatchUp(shape, boards);
        var (best, bestWay) = (-1, -1);
        for (var way = 0; way < boards.Ways.Length; way++)
        {
            if (best >= 0 && shape.Ways[way].Rank > shape.Ways[bestWay].Rank) break;
            var node = boards.Ways[way].Cheapest();
            if (node >= 0 && (best < 0 || boards.Ways[way][node] < boards.Ways[bestWay][best])) (best, bestWay) = (node, way);
        }

        if (best < 0) return null;
        var entry = ledger.Nodes[best];
        devices = _chooser.Choose(entry, shape.Ways[bestWay].Ask, shape.Demand.Capacity.MilliCpu);
        _mix.Count(shape);
        return entry;
    }

    /// <summary>The devices of one node, if it has what is asked, by the cheapest way of the first rank that does.</summary>
    public bool PickOn(TaskShape shape, NodeEntry node, out ImmutableArray<DeviceGrant> devices)
    {
        _chooser ??= new DeviceChooser(_mix);
        var (best, least) = (-1, DeviceChooser.CannotRun);
        for (var way = 0; way < shape.Ways.Length; way++)
        {
            if (best >= 0 && shape.Ways[way].Rank > shape.Ways[best].Rank) break;
            var cost = _chooser.Cost(node, shape.Ways[way].Ask, shape.Demand.Capacity.MilliCpu);
            if (cost < least) (best, least) = (way, cost);
        }

        devices = best < 0 ? [] : _chooser.Choose(node, shape.Ways[best].Ask, shape.Demand.Capacity.MilliCpu);
        return best >= 0;
    }

    private void CatchUp(TaskShape shape, Boards boards)
    {
        var near = shape.Neighbours?.Version ?? 0;
        if (boards.Layout != ledger.Layout || boards.Near != near || boards.Mix != _mix.Version || ledger.Touches - boards.Seen >= ledger.TouchesKept)
        {
            if (boards.Layout != ledger.Layout)
            {
                for (var way = 0; way < boards.Ways.Length; way++) boards.Ways[way] = new ScoreBoard(ledger.Nodes.Count);
            }

            for (var n = 0; n < ledger.Nodes.Count; n++) Set(shape, boards, n);
        }
        else
        {
            for (var i = boards.Seen; i < ledger.Touches; i++) Set(shape, boards, ledger.TouchedAt(i));
        }

        (boards.Layout, boards.Near, boards.Mix, boards.Seen) = (ledger.Layout, near, _mix.Version, ledger.Touches);
        if (check) Check(shape, boards);
    }

    private void Check(TaskShape shape, Boards boards)
    {
        for (var number = 0; number < ledger.Nodes.Count; number++)
        {
            for (var way = 0; way < boards.Ways.Length; way++)
            {
                var (kept, anew) = (boards.Ways[way][number], CostOf(shape, way, ledger.Nodes[number]));
                if (kept != anew) throw new InvalidOperationException($"Node {number} costs {anew} for way {way} of {shape.Demand}; {kept} was kept.");
            }
        }
    }

    private float CostOf(TaskShape shape, int way, NodeEntry node) => Placer.TurnedDownBy(shape, node) is null
        ? (float)(_chooser!.Cost(node, shape.Ways[way].Ask, shape.Demand.Capacity.MilliCpu) + Wishes(shape, node))
        : ScoreBoard.CannotRun;

    private static double Wishes(TaskShape shape, NodeEntry node) => (PlacementPolicies.Wishes.Length - Placer.Wish(shape, node)) * PlacementPolicies.WishCost;

    private void Set(TaskShape shape, Boards boards, int number)
    {
        var node = ledger.Nodes[number];
        var fits = Placer.TurnedDownBy(shape, node) is null;
        var wishes = fits ? Wishes(shape, node) : 0;
        for (var way = 0; way < boards.Ways.Length; way++)
        {
            boards.Ways[way].Set(number, fits ? (float)(_chooser!.Cost(node, shape.Ways[way].Ask, shape.Demand.Capacity.MilliCpu) + wishes) : ScoreBoard.CannotRun);
        }
    }

    private sealed class Boards(TaskShape shape)
    {
        public ScoreBoard[] Ways { get; } = new ScoreBoard[shape.Ways.Length];

        public long Seen { get; set; }

        public int Layout { get; set; } = -1;

        public int Mix { get; set; } = -1;

        /// <summary>What its neighbours were when it was counted.</summary>
        public long Near { get; set; } = -1;
    }
}
