namespace Lepton.Scheduling.Annealing.Plain;

/// <summary>Arrays of a plain placement; <c>node[n × 8]</c>: four rooms, then four inverse capacities as bits of singles.</summary>
internal sealed class PlainState
{
    private const int L = PlainModel.Lanes;

    private readonly PlainModel _model;

    public PlainState(PlainModel model)
    {
        _model = model;
        Need = [.. model.Need];
        NodeOf = new int[model.Tasks];
        Home = [.. model.Start];
        PartOf = new int[model.Nodes];
        NodeRows = new int[model.Nodes * 2 * L];
    }

    public int[] Need { get; }

    public int[] NodeOf { get; }

    public int[] Home { get; }

    public int[] PartOf { get; }

    public int[] NodeRows { get; }

    public void Rebuild()
    {
        for (var n = 0; n < PartOf.Length; n++)
        {
            for (var l = 0; l < L; l++)
            {
                var capacity = _model.Capacity[(n * L) + l];
                NodeRows[(n * 2 * L) + l] = capacity;
                NodeRows[(n * 2 * L) + L + l] = BitConverter.SingleToInt32Bits(capacity == 0 ? 0 : 1f / capacity);
            }
        }

        for (var t = 0; t < NodeOf.Length; t++)
        {
            for (var l = 0; l < L; l++) NodeRows[(NodeOf[t] * 2 * L) + l] -= Need[(t * L) + l];
        }
    }

    public double Value()
    {
        var value = 0.0;
        foreach (var (used, capacity) in Used())
        {
            var load = capacity == 0 ? 0 : used / (double)capacity;
            value += load * load;
        }

        return value;
    }

    public bool IsValid() => Used().All(u => u.Used <= u.Capacity);

    private IEnumerable<(long Used, int Capacity)> Used()
    {
        var used = new long[_model.Capacity.Length];
        for (var t = 0; t < NodeOf.Length; t++)
        {
            for (var l = 0; l < L; l++) used[(NodeOf[t] * L) + l] += Need[(t * L) + l];
        }

        return used.Select((u, i) => (u, _model.Capacity[i]));
    }
}
