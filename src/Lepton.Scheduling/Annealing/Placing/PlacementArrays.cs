namespace Lepton.Scheduling.Annealing.Placing;

/// <summary>
/// A <see cref="PlacementModel"/> as flat arrays, tasks numbered by group so that a group is a run of neighbours.
/// </summary>
/// <remarks>
/// <c>need[t × width + lane]</c> what task t adds to a lane; <c>mask[0..width)</c> lanes that count for room, <c>mask[width..)</c> those that
/// count for a task at its home, the last third is 0. Lanes are resources first, balances after them; balances have a price but no room.
/// Limits: amounts below 2^30 a lane, so that sums of two stay in 32 bits.
/// </remarks>
internal sealed class PlacementArrays
{
    public const long LargestAmount = 1L << 30;

    public const int Apart = 1;
    public const int Spread = 2;
    public const int Depends = 4;

    public PlacementArrays(PlacementModel model, Func<int, int> padded)
    {
        Model = model;
        Tasks = model.Tasks.Length;
        Nodes = model.Nodes.Length;
        Groups = model.Groups.Length;
        Width = padded(model.Resources.Length + model.Balances.Length);
        OrderByGroup();
        (Need, Capacity, OverWhenEmpty) = (new int[Tasks * Width], new int[Nodes * Width], new int[Nodes * Width]);
        (Mask, Weight) = (new int[3 * Width], new double[Width]);
        FillResources();
        FillBalances();
        RouteCost = model.Routes.Weighted(model.Prices.Route);
        for (var n = 0; n < Nodes; n++)
        {
            Locations = Math.Max(Locations, model.Nodes[n].Location + 1);
            Hoods = Math.Max(Hoods, model.Nodes[n].Neighbourhood + 1);
        }

        FillGroups();
    }

    public PlacementModel Model { get; }

    public int Tasks { get; }

    public int Nodes { get; }

    public int Groups { get; }

    public int Width { get; }

    public int Locations { get; private set; }

    public int Hoods { get; private set; }

    public int LargestGroup { get; private set; }

    public bool AnyHeld { get; private set; }

    /// <summary>Task of the model for each task here.</summary>
    public int[] ModelTask { get; private set; } = [];

    public int[] Need { get; }

    public int[] Capacity { get; }

    public int[] OverWhenEmpty { get; }

    public int[] Mask { get; }

    public double[] Weight { get; }

    public double[] RouteCost { get; }

    public int[] FirstOfGroup { get; private set; } = [];

    public int SpreadRows { get; private set; }

    public int HoodRows { get; private set; }

    /// <summary>Every group as it is at the start.</summary>
    public GroupRow[] GroupRows { get; private set; } = [];

    public int[][] Needs { get; private set; } = [];

    public int[][] NeededBy { get; private set; } = [];

    public int SizeOfGroup(int group) => FirstOfGroup[group + 1] - FirstOfGroup[group];

    private void OrderByGroup()
    {
        FirstOfGroup = new int[Groups + 1];
        foreach (var task in Model.Tasks) FirstOfGroup[task.Group + 1]++;
        for (var g = 0; g < Groups; g++)
        {
            LargestGroup = Math.Max(LargestGroup, FirstOfGroup[g + 1]);
            FirstOfGroup[g + 1] += FirstOfGroup[g];
        }

        var next = FirstOfGroup.AsSpan(0, Groups).ToArray();
        ModelTask = new int[Tasks];
        for (var t = 0; t < Tasks; t++) ModelTask[next[Model.Tasks[t].Group]++] = t;
    }

    private void FillResources()
    {
        for (var r = 0; r < Model.Resources.Length; r++)
        {
            var resource = Model.Resources[r];
            Mask[r] = -1;
            Mask[Width + r] = resource.HeldWhileMoving ? 0 : -1;
            AnyHeld |= resource.HeldWhileMoving;
            Weight[r] = resource.Weight;
            for (var i = 0; i < Tasks; i++) Need[(i * Width) + r] = Amount(Model.Tasks[ModelTask[i]].Need[r], "the need of a task");
            for (var n = 0; n < Nodes; n++)
            {
                Capacity[(n * Width) + r] = Amount(Model.Nodes[n].Capacity[r], "the capacity of a node");
                OverWhenEmpty[(n * Width) + r] = -Amount(Model.Nodes[n].SoftLimit[r], "the soft limit of a node");
            }
        }
    }

    private void FillBalances()
    {
        for (var b = 0; b < Model.Balances.Length; b++)
        {
            var balance = Model.Balances[b];
            var lane = Model.Resources.Length + b;
            Weight[lane] = balance.Weight;
            for (var i = 0; i < Tasks; i++)
            {
                var need = Model.Tasks[ModelTask[i]].Need;
                Need[(i * Width) + lane] = Amount(need[balance.Per] - (balance.Ratio * need[balance.Of]), "the balance of a task");
            }

            for (var n = 0; n < Nodes; n++)
            {
                var capacity = Model.Nodes[n].Capacity;
                OverWhenEmpty[(n * Width) + lane] =
                    Amount((balance.Ratio * capacity[balance.Of]) - capacity[balance.Per], "the balance of a node");
            }
        }
    }

    private void FillGroups()
    {
        (GroupRows, Needs, NeededBy) = (new GroupRow[Groups], new int[Groups][], new int[Groups][]);
        var neededBy = new List<int>[Groups];
        for (var g = 0; g < Groups; g++) neededBy[g] = [];
        for (var g = 0; g < Groups; g++)
        {
            // A group that needs itself needs nothing.
            Needs[g] = [.. Model.Groups[g].Needs.Where(d => d != g).Distinct()];
            foreach (var need in Needs[g]) neededBy[need].Add(g);
        }

        for (var g = 0; g < Groups; g++)
        {
            NeededBy[g] = [.. neededBy[g]];
            GroupRows[g] = Row(g);
        }
    }

    private GroupRow Row(int group)
    {
        var row = new GroupRow
        {
            First = FirstOfGroup[group],
            Count = SizeOfGroup(group),
            Spread = -1,
            Hood = -1,
            MinLocations = Model.Groups[group].Locations,
        };
        if (row.Count == 0) return row;
        if (row.Count > 1) row.Rules |= Apart;
        if (row.MinLocations > 1) (row.Rules, row.Spread) = (row.Rules | Spread, SpreadRows++);
        if (Needs[group].Length + NeededBy[group].Length > 0) (row.Rules, row.Hood) = (row.Rules | Depends, HoodRows++);
        return row;
    }

    private static int Amount(long amount, string what) => amount is > -LargestAmount and < LargestAmount
        ? (int)amount
        : throw new ArgumentException($"{what} is {amount}; amounts must be below {LargestAmount}. Maybe use a larger unit.");
}
