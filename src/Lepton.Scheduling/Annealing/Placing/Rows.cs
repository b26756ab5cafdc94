namespace Lepton.Scheduling.Annealing.Placing;

/// <summary>What the hot path needs of a task, half a cache line: where it is, its home, its group, its neighbours on the node.</summary>
internal struct TaskRow
{
    public int Node;
    public int Home;
    public int Group;
    public int Next;
    public int Previous;
    /// <summary>The only task of its group and no rule to keep: the group needs no look.</summary>
    public bool Alone;
    public double MoveCost;
}

/// <summary>A group: its run of tasks, its rules, who owns it, how many of its tasks are away from home.</summary>
internal struct GroupRow
{
    public int First;
    public int Count;
    public int Rules;
    public int Owner;
    public int Moved;
    /// <summary>Row in the tables by location, or −1.</summary>
    public int Spread;
    /// <summary>Row in the tables by neighbourhood, or −1.</summary>
    public int Hood;
    public int MinLocations;
}

/// <summary>A node: its domains, its class in the route table, the part it belongs to, one of its tasks or −1.</summary>
internal struct NodeRow
{
    public int Location;
    public int Hood;
    public int RouteRow;
    public int RouteColumn;
    public int Part;
    public int FirstTask;
}
