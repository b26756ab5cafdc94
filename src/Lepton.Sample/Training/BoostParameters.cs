using System.Globalization;

namespace Lepton.Sample.Training;

/// <summary>One point of the grid: number of trees, leaves of each, learning rate; and the seed.</summary>
internal sealed record BoostParameters(int Trees, int Leaves, double Rate, int Seed)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Trees} trees, {Leaves} leaves, rate {Rate}, seed {Seed}");
}
