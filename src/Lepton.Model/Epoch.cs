using Orleans;

namespace Lepton.Model;

/// <summary>A fencing number that only grows: whoever holds an older one is refused. Zero means none yet.</summary>
[GenerateSerializer, Immutable, Alias("Epoch")]
public readonly record struct Epoch([property: Id(0)] long Value) : IComparable<Epoch>
{
    public static readonly Epoch None = new(0);

    public Epoch Next() => new(Value + 1);

    public int CompareTo(Epoch other) => Value.CompareTo(other.Value);

    public static bool operator <(Epoch left, Epoch right) => left.Value < right.Value;

    public static bool operator >(Epoch left, Epoch right) => left.Value > right.Value;

    public static bool operator <=(Epoch left, Epoch right) => left.Value <= right.Value;

    public static bool operator >=(Epoch left, Epoch right) => left.Value >= right.Value;

    public override string ToString() => Value.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
