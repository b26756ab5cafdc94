using System.Collections.Immutable;
using Lepton.Scheduling.Annealing.Placing;

namespace Lepton.Scheduling.Annealing.Ordering;

/// <summary>One task on its way from node to node.</summary>
/// <param name="IsPark">A stop on the way, because the moves stood in each other's way.</param>
public sealed record OrderedMove(int Task, int From, int To, bool IsPark);

/// <summary>Moves in rounds, and those for which no safe order was found.</summary>
/// <param name="Rounds">Moves of one round may start together and end in any order.</param>
/// <param name="Final">Node of every task after the last round.</param>
/// <param name="Left">Moves left out: the plan is carried out without them.</param>
public sealed record MovePlan(ImmutableArray<ImmutableArray<OrderedMove>> Rounds, ImmutableArray<int> Final, ImmutableArray<OrderedMove> Left);

/// <summary>
/// Puts the moves from one placement to another in an order in which every state on the way is valid: during a move both ends hold the resources,
/// and groups stay apart, spread and near what they need, whichever move of a round ends first.
/// </summary>
/// <remarks>
/// Input: model, the valid placement that runs, the valid placement wanted. Output: rounds, with parking when moves dead-lock. Cost: O(rounds × moves ×
/// (resources + group)). Limits: at most <see cref="MostParks"/> parks; what cannot be ordered is left out and said.
/// </remarks>
public static class MoveOrder
{
    public const int MostParks = 1_000;

    /// <summary>Tasks in the way that are looked at for one park: each look asks every node.</summary>
    private const int MostLookedAt = 256;

    public static MovePlan Plan(PlacementModel model, ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        ArgumentNullException.ThrowIfNull(model);
        var state = new MovingState(model, from);
        var rounds = ImmutableArray.CreateBuilder<ImmutableArray<OrderedMove>>();
        var pending = Pending(model, from, to);
        var parked = new HashSet<int>();
        while (pending.Count > 0)
        {
            var round = Round(state, pending);
            if (round.IsEmpty && parked.Count < MostParks && Park(state, pending, parked) is { } park) round = [park];
            if (round.IsEmpty) break;
            state.EndRound();
            rounds.Add(round);
        }

        return new MovePlan(rounds.ToImmutable(), [.. state.Nodes], [.. pending.Select(p => new OrderedMove(p.Task, state.Nodes[p.Task], p.To, false))]);
    }

    /// <summary>Large tasks first: they find room only while there is much.</summary>
    private static List<(int Task, int To)> Pending(PlacementModel model, ReadOnlySpan<int> from, ReadOnlySpan<int> to)
    {
        var pending = new List<(int Task, int To)>();
        for (var t = 0; t < from.Length; t++)
        {
            if (from[t] != to[t]) pending.Add((t, to[t]));
        }

        return [.. pending.OrderByDescending(p => model.Tasks[p.Task].Need.Sum()).ThenBy(p => p.Task)];
    }

    private static ImmutableArray<OrderedMove> Round(MovingState state, List<(int Task, int To)> pending)
    {
        var round = ImmutableArray.CreateBuilder<OrderedMove>();
        for (var i = 0; i < pending.Count; i++)
        {
            var (task, to) = pending[i];
            var from = state.Nodes[task];
            if (!state.TryStart(task, to)) continue;
            round.Add(new OrderedMove(task, from, to, IsPark: false));
            pending[i] = (-1, -1);
        }

        pending.RemoveAll(p => p.Task < 0);
        return round.ToImmutable();
    }

    /// <summary>A task that stands in the way goes elsewhere for a while: where nobody wants to go if that is possible, to any node with room otherwise.</summary>
    private static OrderedMove? Park(MovingState state, List<(int Task, int To)> pending, HashSet<int> parked)
    {
        var wanted = pending.Select(p => p.To).ToHashSet();
        return ParkMoving(state, pending, parked, wanted)
            ?? ParkResident(state, pending, parked, wanted, anywhere: false)
            ?? ParkElsewhere(state, pending, parked)
            ?? ParkResident(state, pending, parked, wanted, anywhere: true);
    }

    /// <summary>A task that waits for its own group, in which two change domains say, goes to a third domain first.</summary>
    private static OrderedMove? ParkElsewhere(MovingState state, List<(int Task, int To)> pending, HashSet<int> parked)
    {
        foreach (var (task, to) in pending)
        {
            var from = state.Nodes[task];
            if (parked.Contains(task) || !state.WaitsForGroup(task, to)) continue;
            for (var node = 0; node < state.NodeCount; node++)
            {
                if (!state.AreApart(from, node) || !state.AreApart(to, node) || !state.TryStart(task, node)) continue;
                parked.Add(task);
                return new OrderedMove(task, from, node, IsPark: true);
            }
        }

        return null;
    }

    /// <summary>The smallest task that has to leave a wanted node anyhow.</summary>
    private static OrderedMove? ParkMoving(MovingState state, List<(int Task, int To)> pending, HashSet<int> parked, HashSet<int> wanted)
    {
        for (var i = pending.Count - 1; i >= 0; i--)
        {
            var task = pending[i].Task;

            // Each task is parked once: parking in circles would never end.
            if (wanted.Contains(state.Nodes[task]) && !parked.Contains(task) && ParkAt(state, task, parked, wanted, anywhere: false) is { } move) return move;
        }

        return null;
    }

    /// <summary>The smallest task whose leaving lets a waiting one in; one that is where it belongs already comes back later.</summary>
    private static OrderedMove? ParkResident(
        MovingState state, List<(int Task, int To)> pending, HashSet<int> parked, HashSet<int> wanted, bool anywhere)
    {
        var looked = 0;
        for (var i = pending.Count - 1; i >= 0 && looked < MostLookedAt; i--)
        {
            var (task, to) = pending[i];
            foreach (var resident in state.InTheWayOf(task, to))
            {
                if (parked.Contains(resident)) continue;
                if (looked++ >= MostLookedAt) break;
                var from = state.Nodes[resident];
                if (ParkAt(state, resident, parked, wanted, anywhere) is not { } move) continue;
                if (!pending.Exists(p => p.Task == resident)) pending.Add((resident, from));
                return move;
            }
        }

        return null;
    }

    private static OrderedMove? ParkAt(MovingState state, int task, HashSet<int> parked, HashSet<int> wanted, bool anywhere)
    {
        var from = state.Nodes[task];
        for (var node = 0; node < state.NodeCount; node++)
        {
            if (node == from || (!anywhere && wanted.Contains(node)) || !state.TryStart(task, node)) continue;
            parked.Add(task);
            return new OrderedMove(task, from, node, IsPark: true);
        }

        return null;
    }
}
