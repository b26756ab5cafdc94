using System.Globalization;
using Orleans;

namespace Lepton.Model;

/// <summary>Generation of a CUDA device, written <c>9.0</c>.</summary>
[GenerateSerializer, Immutable, Alias("ComputeCapability")]
public readonly record struct ComputeCapability([property: Id(0)] int Major, [property: Id(1)] int Minor) : IComparable<ComputeCapability>
{
    public int CompareTo(ComputeCapability other) => (Major, Minor).CompareTo((other.Major, other.Minor));

    public static bool operator <(ComputeCapability left, ComputeCapability right) => left.CompareTo(right) < 0;

    public static bool operator >(ComputeCapability left, ComputeCapability right) => left.CompareTo(right) > 0;

    public static bool operator <=(ComputeCapability left, ComputeCapability right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ComputeCapability left, ComputeCapability right) => left.CompareTo(right) >= 0;

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Major}.{Minor}");

    /// <summary>Reads <c>9.0</c> or <c>9</c>.</summary>
    public static bool TryParse(string text, out ComputeCapability value)
    {
        value = default;
        var parts = text.Split('.');
        var minor = 0;
        if (parts.Length > 2 || !int.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out var major)) return false;
        if (parts.Length == 2 && !int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out minor)) return false;
        value = new ComputeCapability(major, minor);
        return true;
    }
}
