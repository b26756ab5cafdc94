using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.StateMachines.Jobs;

/// <summary>Small questions about records that may carry unset arrays.</summary>
internal static class Reading
{
    public static ImmutableArray<T> OrEmpty<T>(this ImmutableArray<T> array) => array.IsDefault ? [] : array;

    /// <summary>What the newest attempt of a record left behind.</summary>
    public static ImmutableArray<ArtifactRef> ArtifactsOfLast(this ImmutableArray<AttemptRecord> attempts) =>
        attempts.IsDefaultOrEmpty ? [] : attempts[^1].End?.Artifacts.OrEmpty() ?? [];

    /// <summary>The newest checkpoint that any attempt of a record wrote, or what its last run began from.</summary>
    public static string? NewestCheckpoint(this TaskRow row)
    {
        for (var i = row.Attempts.OrEmpty().Length - 1; i >= 0; i--)
        {
            if (row.Attempts[i].End?.CheckpointRef is { } checkpoint) return checkpoint;
        }

        return row.Run?.RestoreFrom;
    }
}
