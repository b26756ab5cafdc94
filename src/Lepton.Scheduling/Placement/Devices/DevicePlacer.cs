using System.Collections.Immutable;
using System.Numerics;

namespace Lepton.Scheduling.Placement.Devices;

/// <summary>Places tasks of known classes on nodes and their GPUs: filter, cost by the policy, cheapest node.</summary>
/// <remarks>
/// <b>Input</b> nodes, request classes, a policy. <b>Output</b> a slot, or none when it fits nowhere; equal costs go to the lowest node number.
/// <b>Cost</b> costs are kept by (node, class). A change of a node goes to a log; a class that is asked catches up with the nodes changed since it was
/// asked last: O(changed nodes + nodes / 64). Nothing is allocated after the constructor. <b>Limits</b> one thread; 4 bytes for each node and class.
/// </remarks>
public sealed class DevicePlacer
{
    /// <summary>Costs that are fetched together; what a core has under way at once is of this order.</summary>
    private const int Fetched = 32;

    private readonly NodePool _nodes;
    private readonly ImmutableArray<RequestClass> _classes;
    private readonly IDevicePolicy _policy;
    private readonly bool _check;
    private readonly ScoreBoard[] _boards;
    private readonly int[] _log;
    private readonly long[] _stamp;
    private long _changes;
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
        _log = new int[BitOperations.RoundUpToPowerOf2((uint)Math.Max(nodes.Count, 1))];
        _stamp = new long[nodes.Count];
    }

    public ImmutableArray<RequestClass> Classes => _classes;

    /// <summary>Takes the best place for one task of the class.</summary>
    public DeviceSlot Place(int requestClass)
    {
        var request = _classes[requestClass];
        var device = -1;
        var node = _policy.IsSteady ? Cheapest(requestClass) : AskAll(request, out device);
        if (node < 0) return DeviceSlot.None;
        if (_policy.IsSteady) _policy.Cost(node, request, out device);
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
        _log[_changes++ & (_log.Length - 1)] = node;
    }

    private int Cheapest(int requestClass)
    {
        var (board, request) = (_boards[requestClass], _classes[requestClass]);
        if (board.Seen < 0 || _changes - board.Seen >= _nodes.Count)
        {
            for (var n = 0; n < _nodes.Count; n++) board.Set(n, Cost(n, request));
        }
        else
        {
            _round++;
            var ahead = board.Seen;
            for (var i = board.Seen; i < _changes; i++)
            {
                // Boards of other classes have driven this one out of the cache: its next lines are fetched all at once, not one miss after another.
                if (i == ahead)
                {
                    ahead = Math.Min(_changes, i + Fetched);
                    for (var f = i; f < ahead; f++) board.Fetch(_log[f & (_log.Length - 1)]);
                }

                var node = _log[i & (_log.Length - 1)];
                if (_stamp[node] == _round) continue;
                _stamp[node] = _round;
                board.Set(node, Cost(node, request));
            }
        }

        board.Seen = _changes;
        if (_check) Check(board, request);
        return board.Cheapest();
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

    private void Check(ScoreBoard board, RequestClass request)
    {
        var (best, least) = (-1, ScoreBoard.CannotRun);
        for (var n = 0; n < _nodes.Count; n++)
        {
            var cost = Cost(n, request);
            if (cost != board[n]) throw new InvalidOperationException($"Node {n} costs {cost} for {request}; {board[n]} was kept.");
            if (cost < least) (best, least) = (n, cost);
        }

        if (best != board.Cheapest()) throw new InvalidOperationException($"Node {best} is the cheapest for {request}; the board says {board.Cheapest()}.");
    }
}
