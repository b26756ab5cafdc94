using Orleans;

namespace Lepton.Model;

/// <summary>State of a grain that is no machine of ours, as bytes: what an app built on the same silo keeps.</summary>
[GenerateSerializer, Immutable, Alias("BlobRow")]
public sealed record BlobRow(
    [property: Id(0)] string Name,
    [property: Id(1)] string GrainId,
    [property: Id(2)] ReadOnlyMemory<byte> Bytes,
    [property: Id(3)] DateTimeOffset WrittenAt) : Row
{
    public override string Key => KeyOf(Name, GrainId);

    public override RowIndex Index => new("", true, "", "", WrittenAt, Name);

    public static string KeyOf(string name, string grainId) => $"blob/{name}/{grainId}";
}
