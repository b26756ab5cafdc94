using System.Globalization;
using System.Text.Json.Serialization;
using Lepton.Model;

namespace Lepton.Contracts;

/// <summary>
/// Paths of a region's data endpoints, relative to its HTTP address. An attempt <c>us-east.01J/17#2</c> is written <c>us-east.01J/17/2</c>.
/// </summary>
public static class DataRoutes
{
    public const string Artifact = "data/artifacts/{sha256}";

    public const string Log = "data/logs/{job}/{index:int}/{attempt:int}";

    public const string LogExtent = Log + "/extent";

    public const string LogComplete = Log + "/complete";

    /// <summary>First byte of a chunk; beside it <see cref="FirstHeader"/>, <see cref="LengthHeader"/>, <see cref="CompleteHeader"/>: the extent.</summary>
    public const string OffsetHeader = "Lepton-Log-Offset";

    public const string FirstHeader = "Lepton-Log-First";

    public const string LengthHeader = "Lepton-Log-Length";

    public const string CompleteHeader = "Lepton-Log-Complete";

    /// <summary>Of an artifact that comes or goes: the regions in which it may be, with commas between; absent: anywhere.</summary>
    public const string WithinHeader = "Lepton-Within";

    /// <summary>The region that asks for a copy of its own; absent: the region's own agents and people.</summary>
    public const string RegionHeader = "Lepton-Region";

    /// <summary>Bytes of a log in one request at most: a larger append is refused, a larger read is cut.</summary>
    public const int MaxLogChunk = 1 << 20;

    public static string ArtifactPath(string sha256) => $"data/artifacts/{Uri.EscapeDataString(sha256)}";

    public static string LogPath(AttemptId attempt) => string.Create(
        CultureInfo.InvariantCulture, $"data/logs/{Uri.EscapeDataString(attempt.Task.Job.ToString())}/{attempt.Task.Index}/{attempt.Number}");
}

/// <summary>Answer to an append: the length now. Shorter than what was sent = go on from there.</summary>
public sealed record LogLength(long Length);

/// <summary>Answer to a stored artifact.</summary>
public sealed record StoredArtifact(string Sha256, long SizeBytes);

/// <summary>What went wrong, in the form of RFC 9457.</summary>
public sealed record DataProblem(string? Title, int? Status, string? Detail);

/// <summary>JSON of the data endpoints, without reflection.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(LogExtent))]
[JsonSerializable(typeof(LogLength))]
[JsonSerializable(typeof(StoredArtifact))]
[JsonSerializable(typeof(DataProblem))]
public sealed partial class DataJson : JsonSerializerContext;
