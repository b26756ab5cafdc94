namespace Lepton.Scheduling.Queueing.FairShare;

/// <summary>
/// The kinds of resource that queues share, numbered in the order in which they became known: <c>cpu</c> (thousandths of a core), <c>memory</c>
/// (bytes), and a number for each device kind or model (thousandths of a device).
/// </summary>
internal sealed class ResourceKinds
{
    public const int Cpu = 0;
    public const int Memory = 1;

    private readonly List<string> _names = ["cpu", "memory"];
    private readonly Dictionary<string, int> _numbers = new(StringComparer.OrdinalIgnoreCase) { ["cpu"] = Cpu, ["memory"] = Memory };

    public int Count => _names.Count;

    public string NameOf(int kind) => _names[kind];

    /// <summary>The number of a kind, given to it when it is first asked for.</summary>
    public int NumberOf(string name)
    {
        if (_numbers.TryGetValue(name, out var known)) return known;
        _numbers.Add(name, _names.Count);
        _names.Add(name);
        return _names.Count - 1;
    }

    public int? Find(string name) => _numbers.TryGetValue(name, out var known) ? known : null;
}
