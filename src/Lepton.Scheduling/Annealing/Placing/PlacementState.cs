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
        Tasks = new TaskRow[A.Tasks];
        Groups = [.. A.GroupRows];
        Nodes = new NodeRow[A.Nodes];
        Room = new int[A.Nodes * A.Width];
        Over = new int[A.Nodes * A.Width];
        AtLocation = new int[A.SpreadRows * A.Locations];
        LocationsOf = new int[A.SpreadRows];
        AtHood = new int[A.HoodRows * A.Hoods];
        Present = new bool[A.HoodRows * A.Hoods];
        NeededElsewhere = new bool[A.Groups];
        FillRows(model);
    }

    public PlacementArrays A { get; }

    public TaskRow[] Tasks { get; }

    public GroupRow[] Groups { get; }

    public NodeRow[] Nodes { get; }

    public int[] Room { get; }

    public int[] Over { get; }

    /// <summary><c>[spread row × locations + location]</c>: tasks of the group there.</summary>
    public int[] AtLocation { get; }

    public int[] LocationsOf { get; }

    /// <summary><c>[hood row × hoods + hood]</c>: tasks of the group there.</summary>
    public int[] AtHood { get; }

    /// <summary>As <see cref="AtHood"/> above zero, when the nodes were cut: what parts may know of groups of others.</summary>
    public bool[] Present { get; }

    /// <summary>A group that another part's group needs may not leave a neighbourhood.</summary>
    public bool[] NeededElsewhere { get; }

    /// <summary>Fills everything from the nodes of the tasks; returns the value without the price of group moves.</summary>
    public double Rebuild()
    {
        var a = A;
        a.Capacity.CopyTo(Room, 0);
        a.OverWhenEmpty.CopyTo(Over, 0);
        Array.Clear(AtLocation);
        Array.Clear(LocationsOf);
        Array.Clear(AtHood);
        foreach (ref var group in Groups.AsSpan()) group.Moved = 0;
        foreach (ref var node in Nodes.AsSpan()) node.FirstTask = -1;
        var value = 0.0;
        for (var t = 0; t < a.Tasks; t++) value += Put(t, Tasks[t].Node);
        for (var n = 0; n < a.Nodes; n++)
        {
            for (var l = 0; l < a.Width; l++) value += a.Weight[l] * Math.Max(0, Over[(n * a.Width) + l]);
        }

        return value;
    }

    /// <summary>Decides which part owns each group: the one with most of its tasks, the first among equals.</summary>
    public void Own(int[] partOfNode, int parts)
    {
        for (var n = 0; n < Nodes.Length; n++) Nodes[n].Part = partOfNode[n];
        if (parts == 1)
        {
            foreach (ref var group in Groups.AsSpan()) group.Owner = 0;
            Array.Clear(NeededElsewhere);
            return;
        }

        Span<int> count = stackalloc int[parts];
        foreach (ref var group in Groups.AsSpan())
        {
            count.Clear();
            for (var t = group.First; t < group.First + group.Count; t++) count[partOfNode[Tasks[t].Node]]++;
            var best = 0;
            for (var p = 1; p < parts; p++)
            {
                if (count[p] > count[best]) best = p;
            }

            group.Owner = best;
        }

        for (var g = 0; g < A.Groups; g++)
        {
            var owner = Groups[g].Owner;
            NeededElsewhere[g] = false;
            foreach (var user in A.NeededBy[g]) NeededElsewhere[g] |= Groups[user].Owner != owner;
        }

        for (var i = 0; i < AtHood.Length; i++) Present[i] = AtHood[i] > 0;
    }

    public void Unlink(ref TaskRow row, int task, int node)
    {
        Tasks[row.Previous].Next = row.Next;
        Tasks[row.Next].Previous = row.Previous;
        ref var first = ref Nodes[node].FirstTask;
        if (first == task) first = row.Next == task ? -1 : row.Next;
    }

    public void Link(ref TaskRow row, int task, int node)
    {
        ref var first = ref Nodes[node].FirstTask;
        if (first < 0)
        {
            first = row.Next = row.Previous = task;
            return;
        }

        ref var next = ref Tasks[first];
        (row.Next, row.Previous) = (first, next.Previous);
        Tasks[next.Previous].Next = task;
        next.Previous = task;
    }

    private void FillRows(PlacementModel model)
    {
        for (var t = 0; t < Tasks.Length; t++)
        {
            var task = model.Tasks[A.ModelTask[t]];
            ref readonly var group = ref Groups[task.Group];
            Tasks[t] = new TaskRow
            {
                Home = task.Home,
                Group = task.Group,
                MoveCost = task.MoveCost * (double)model.Prices.Task,
                Alone = group.Count == 1 && group.Rules == 0,
            };
        }

        for (var n = 0; n < Nodes.Length; n++)
        {
            Nodes[n] = new NodeRow
            {
                Location = model.Nodes[n].Location,
                Hood = model.Nodes[n].Neighbourhood,
                RouteRow = model.Routes.RowOf(n),
                RouteColumn = model.Routes.ColumnOf(n),
                FirstTask = -1,
            };
        }
    }

    private double Put(int task, int node)
    {
        ref var row = ref Tasks[task];
        Link(ref row, task, node);
        var a = A;
        var w = a.Width;
        var home = row.Home;
        ref var group = ref Groups[row.Group];
        for (var l = 0; l < w; l++)
        {
            var need = a.Need[(task * w) + l];
            Over[(node * w) + l] += need;
            Room[(node * w) + l] -= need & a.Mask[l];
            if (node != home) Room[(home * w) + l] -= need & a.Mask[l] & ~a.Mask[w + l];
        }

        ref readonly var at = ref Nodes[node];
        if (group.Spread >= 0 && AtLocation[(group.Spread * a.Locations) + at.Location]++ == 0) LocationsOf[group.Spread]++;
        if (group.Hood >= 0) AtHood[(group.Hood * a.Hoods) + at.Hood]++;
        var route = a.RouteCost[Nodes[home].RouteRow + at.RouteColumn];
        if (node == home) return route;
        group.Moved++;
        return route + row.MoveCost;
    }
}
