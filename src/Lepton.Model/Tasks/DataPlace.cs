using Orleans;

namespace Lepton.Model;

/// <summary>So much of the data that tasks read lies in a region.</summary>
/// <param name="Region">Where it lies.</param>
/// <param name="Bytes">How much; decides between regions only.</param>
[GenerateSerializer, Immutable, Alias("DataPlace")]
public sealed record DataPlace([property: Id(0)] RegionId Region, [property: Id(1)] long Bytes);
