using Lepton.Scheduling.Annealing.Lanes;

namespace Lepton.Scheduling.Annealing.Placing;

/// <summary>Where every task is, and everything that follows from it, kept up to date move by move.</summary>
/// <remarks>
/// <c>room[n × width + lane]</c> is what is free on node n counting what tasks that left still hold there; <c>over</c> is use minus soft limit.
/// When the nodes are cut into parts, each entry is written by one part only: nodes and tasks by the part they lie in, tables of a group by
/// the part that owns the group.
/// </remarks>
internal sealed class PlacementState<TLanes>
    where TLanes : struct, ILanes
{
    public PlacementState(PlacementModel model)
    {
        A = new PlacementArrays(model, TLanes.Padded);
        NodeOf = new int[A.Tasks];
        Next = new int[A.Tasks];
        Previous = new int[A.Tasks];
        First = new int[A.Nodes];
        Room = new int[A.Nodes * A.Width];
        Over = new int[A.Nodes * A.Width];
        AtLocation = new int[A.SpreadRows * A.Locations];
        LocationsOf = new int[A.SpreadRows];
        AtHood = new int[A.HoodRows * A.Hoods];
        Present = new bool[A.HoodRows * A.Hoods];
        Moved = new int[A.Groups];
        Owner = new int[A.Groups];
        PartOf = new int[A.Nodes];
        NeededElsewhere = new bool[A.Groups];
    }

    public PlacementArrays A { get; }

    public int[] NodeOf { get; }

    /// <summary>Ring of the tasks on a node; <see cref="First"/> is one of them, or −1.</summary>
    public int[] Next { get; }

    public int[] Previous { get; }

    public int[] First { get; }

    public int[] Room { get; }

    public int[] Over { get; }

    /// <summary><c>[spread row × locations + location]</c>: tasks of the group there.</summary>
    public int[] AtLocation { get; }

    public int[] LocationsOf { get; }

    /// <summary><c>[hood row × hoods + hood]</c>: tasks of the group there.</summary>
    public int[] AtHood { get; }

    /// <summary>As <see cref="AtHood"/> above zero, when the nodes were cut: what parts may know of groups of others.</summary>
    public bool[] Present { get; }

    public int[] Moved { get; }

    public int[] Owner { get; }

    public int[] PartOf { get; }

    /// <summary>A group that another part's group needs may not leave a neighbourhood.</summary>
    public bool[] NeededElsewhere { get; }

    /// <summary>Fills everything from <see cref="NodeOf"/>; returns the value without the price of group moves.</summary>
    public double Rebuild()
    {
        var a = A;
        a.Capacity.CopyTo(Room, 0);
        a.OverWhenEmpty.CopyTo(Over, 0);
        Array.Clear(AtLocation);
        Array.Clear(LocationsOf);
        Array.Clear(AtHood);
        Array.Clear(Moved);
        Array.Fill(First, -1);
        var value = 0.0;
        for (var t = 0; t < a.Tasks; t++) value += Put(t, NodeOf[t]);
        for (var n = 0; n < a.Nodes; n++)
        {
            for (var l = 0; l < a.Width; l++) value += a.Weight[l] * Math.Max(0, Over[(n * a.Width) + l]);
        }

        return value;
    }

    /// <summary>Decides which part owns each group: the one with most of its tasks, the first among equals.</summary>
    public void Own(int[] partOfNode, int parts)
    {
        partOfNode.CopyTo(PartOf, 0);
        if (parts == 1)
        {
            Array.Clear(Owner);
            Array.Clear(NeededElsewhere);
            return;
        }

        Span<int> count = stackalloc int[parts];
        for (var g = 0; g < A.Groups; g++)
        {
            count.Clear();
            for (var t = A.FirstOfGroup[g]; t < A.FirstOfGroup[g + 1]; t++) count[partOfNode[NodeOf[t]]]++;
            var best = 0;
            for (var p = 1; p < parts; p++)
            {
                if (count[p] > count[best]) best = p;
            }

            Owner[g] = best;
        }

        for (var g = 0; g < A.Groups; g++) NeededElsewhere[g] = Array.Exists(A.NeededBy[g], d => Owner[d] != Owner[g]);
        for (var i = 0; i < AtHood.Length; i++) Present[i] = AtHood[i] > 0;
    }

    public void Unlink(int task, int node)
    {
        var (next, previous) = (Next[task], Previous[task]);
        Next[previous] = next;
        Previous[next] = previous;
        if (First[node] == task) First[node] = next == task ? -1 : next;
    }

    public void Link(int task, int node)
    {
        var next = First[node];
        if (next < 0)
        {
            First[node] = Next[task] = Previous[task] = task;
            return;
        }

        var previous = Previous[next];
        Next[previous] = Previous[next] = task;
        (Next[task], Previous[task]) = (next, previous);
    }

    private double Put(int task, int node)
    {
        Link(task, node);
        var a = A;
        var w = a.Width;
        var home = a.Home[task];
        var group = a.GroupOf[task];
        for (var l = 0; l < w; l++)
        {
            var need = a.Need[(task * w) + l];
            Over[(node * w) + l] += need;
            Room[(node * w) + l] -= need & a.Mask[l];
            if (node != home) Room[(home * w) + l] -= need & a.Mask[l] & ~a.Mask[w + l];
        }

        if (a.SpreadRow[group] is >= 0 and var spread && AtLocation[(spread * a.Locations) + a.Location[node]]++ == 0) LocationsOf[spread]++;
        if (a.HoodRow[group] is >= 0 and var hood) AtHood[(hood * a.Hoods) + a.Hood[node]]++;
        var route = a.RouteCost[a.RouteRow[home] + a.RouteColumn[node]];
        if (node == home) return route;
        Moved[group]++;
        return route + a.MoveCost[task];
    }
}
