namespace Lepton.Scheduling;

/// <summary>
/// A small random stream (SplitMix64): one per purpose, made from a seed, so that the same seed gives the same decisions.
/// </summary>
/// <remarks>Cost: O(1), no allocation. Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014.</remarks>
public struct SeedStream(ulong seed)
{
    private ulong _state = seed;

    /// <summary>A stream of its own for a purpose, independent of the order in which others are drawn.</summary>
    public static SeedStream For(ulong seed, string purpose)
    {
        var hash = 14695981039346656037UL;      // FNV-1a, 64 bit
        foreach (var c in purpose) hash = (hash ^ c) * 1099511628211UL;
        return new SeedStream(seed ^ hash);
    }

    public ulong NextUInt64()
    {
        var z = _state += 0x9E3779B97F4A7C15UL;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [0, exclusiveMax); exclusiveMax at least 1.</summary>
    public int Next(int exclusiveMax) => (int)(((NextUInt64() >> 32) * (ulong)exclusiveMax) >> 32);

    public bool Chance(double probability) => NextDouble() < probability;
}
