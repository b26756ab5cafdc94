using Orleans;

namespace Lepton.Model;

/// <summary>CPU in thousandths of a core and memory in bytes: what a node has, has left, or a task asks.</summary>
[GenerateSerializer, Immutable, Alias("Capacity")]
public readonly record struct Capacity([property: Id(0)] long MilliCpu, [property: Id(1)] long MemoryBytes)
{
    public static readonly Capacity Zero;

    public bool Fits(Capacity asked) => asked.MilliCpu <= MilliCpu && asked.MemoryBytes <= MemoryBytes;

    public static Capacity operator +(Capacity a, Capacity b) => new(a.MilliCpu + b.MilliCpu, a.MemoryBytes + b.MemoryBytes);

    public static Capacity operator -(Capacity a, Capacity b) => new(a.MilliCpu - b.MilliCpu, a.MemoryBytes - b.MemoryBytes);

    public override string ToString() =>
        string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{MilliCpu / 1000.0:0.###} cpus, {MemoryBytes / 1048576.0:0.#} MiB");
}
