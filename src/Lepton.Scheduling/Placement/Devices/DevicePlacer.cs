using System.Collections.Immutable;

namespace Lepton.Scheduling.Placement.Devices;

/// <summary>Places tasks of known classes on nodes and their GPUs: filter, cost by the policy, cheapest node.</summary>
/// <remarks>
/// <b>Input</b> nodes, request classes, a policy. <b>Output</b> a slot, or none when it fits nowhere; equal costs go to the lowest node number.
/// Costs, or bounds they are not below, are kept by (node, class). A change of a node goes to a log; a class that is asked catches up with the nodes
/// changed since it was asked last, by bounds; then the least is asked for its cost until the least is a cost: the pick is the one that all costs give.
/// <b>Cost</b> O(changes / 8 + bounds of changed nodes that fit + costs asked). Nothing is allocated after the constructor.
/// <b>Limits</b> one thread; 4 bytes for each node and class.
/// </remarks>
public sealed class DevicePlacer
{
    /// <summary>Changed nodes that are worked off together, their costs fetched all at once; what a core has under way at once is of this order.</summary>
    private const int Fetched = 32;

    private readonly NodePool _nodes;
    private readonly ImmutableArray<RequestClass> _classes;
    private readonly IDevicePolicy _policy;
    private readonly bool _check;
    private readonly ScoreBoard[] _boards;
    private readonly ChangeLog _log;
    private readonly long[] _raised;
    private long _round;

    /// <param name="check">Assert mode: after every step all kept costs are compared with costs asked anew.</param>
    public DevicePlacer(NodePool nodes, ImmutableArray<RequestClass> classes, IDevicePolicy policy, bool check = false)
    {
        foreach (var request in classes)
        {
            if (request.Fault() is { } fault) throw new ArgumentException($"Cannot place {fault}.");
        }

        (_nodes, _classes, _policy, _check) = (nodes, classes, policy, check);
        _boards = [.. classes.Select(_ => new ScoreBoard(policy.IsSteady ? nodes.Count : 0))];
        _log = new ChangeLog(nodes);
        _raised = new long[nodes.Count];
    }

    public ImmutableArray<RequestClass> Classes => _classes;

    /// <summary>Takes the best place for one task of the class.</summary>
    public DeviceSlot Place(int requestClass)
    {
        var request = _classes[requestClass];
        var node = _policy.IsSteady ? Cheapest(requestClass, out var device) : AskAll(request, out device);
        if (node < 0) return DeviceSlot.None;
        var slot = _nodes.Take(node, request, device);
        Changed(node);
        return slot;
    }

    public void Release(int requestClass, DeviceSlot slot)
    {
        _nodes.Release(slot, _classes[requestClass]);
        Changed(slot.Node);
    }

    private void Changed(int node)
    {
        _policy.Changed(node);
        _log.Add(node);
    }

    private int Cheapest(int requestClass, out int device)
    {
        var (board, request) = (_boards[requestClass], _classes[requestClass]);
        CatchUp(board, request);
        _round++;
        device = -1;
        for (var (asked, best) = (-1, board.Cheapest()); ; best = board.Cheapest())
        {
            if (best >= 0 && best != asked)
            {
                var (kept, cost) = (board[best], (float)_policy.Cost(best, request, out device));
                asked = best;
                if (cost != kept)
                {
                    if (cost < kept || _raised[best] == _round) throw new InvalidOperationException($"Node {best} costs {cost} for {request}; {kept} was kept.");
                    _raised[best] = _round;
                    board.Set(best, cost);
                    continue;
                }
            }

            if (_check) Check(board, request, best);
            return best;
        }
    }

    private void CatchUp(ScoreBoard board, RequestClass request)
    {
        if (board.Seen < 0)
        {
            for (var n = 0; n < _nodes.Count; n++) board.Set(n, Cost(n, request));
        }
        else if (_log.Count - board.Seen > _log.Kept)
        {
            for (var n = 0; n < _nodes.Count; n++) board.Set(n, _nodes.Fits(n, request) ? (float)_policy.AtLeast(n, request) : ScoreBoard.CannotRun);
        }
        else
        {
            Span<int> changed = stackalloc int[Fetched];
            for (var at = board.Seen; at < _log.Count;)
            {
                var found = changed[.._log.Next(ref at, request, changed)];

                // Boards of other classes have driven this one out of the cache: its next lines are fetched all at once, not one miss after another.
                foreach (var node in found) board.Fetch(node < 0 ? ~node : node);
                foreach (var node in found)
                {
                    if (node < 0) board.Set(~node, ScoreBoard.CannotRun);
                    else board.Set(node, request.Accepts(_nodes.Model(node)) ? (float)_policy.AtLeast(node, request) : ScoreBoard.CannotRun);
                }
            }
        }

        board.Seen = _log.Count;
    }

    private float Cost(int node, RequestClass request) =>
        _nodes.Fits(node, request) ? (float)_policy.Cost(node, request, out _) : ScoreBoard.CannotRun;

    private int AskAll(RequestClass request, out int device)
    {
        var (best, least) = (-1, double.PositiveInfinity);
        device = -1;
        for (var n = 0; n < _nodes.Count; n++)
        {
            if (!_nodes.Fits(n, request)) continue;
            var cost = _policy.Cost(n, request, out var where);
            if (cost < least) (best, least, device) = (n, cost, where);
        }

        return best;
    }

    private void Check(ScoreBoard board, RequestClass request, int picked)
    {
        var (best, least) = (-1, ScoreBoard.CannotRun);
        for (var n = 0; n < _nodes.Count; n++)
        {
            var cost = Cost(n, request);
            if (cost < board[n] || (board[n] == ScoreBoard.CannotRun) != (cost == ScoreBoard.CannotRun))
                throw new InvalidOperationException($"Node {n} costs {cost} for {request}; {board[n]} was kept.");
            if (cost < least) (best, least) = (n, cost);
        }

        if (best != picked) throw new InvalidOperationException($"Node {best} is the cheapest for {request}; {picked} was picked.");
    }
}
