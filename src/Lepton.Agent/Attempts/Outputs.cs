using System.Collections.Immutable;
using Lepton.Agent.Data;
using Lepton.Model;

namespace Lepton.Agent.Attempts;

/// <summary>
/// Keeps the declared outputs of a task that exited with 0. A declared output that is missing fails the attempt as
/// <see cref="AttemptEndCause.Internal"/>: the exit code was 0, so "exit non-zero" would be a lie, and such an end is not retried by default.
/// </summary>
internal sealed class Outputs(AttemptTools tools)
{
    private static readonly TimeSpan s_patience = TimeSpan.FromMinutes(5);

    public async Task<AttemptEnd> Keep(Assignment assignment, AttemptFolder folder, CancellationToken cancel)
    {
        var declared = assignment.Run.Template.Outputs;
        if (declared.IsDefaultOrEmpty) return End(AttemptEndCause.Completed, "", []);
        var (names, problem) = OutputFiles.Find(folder.Out, declared);
        if (problem is not null) return End(AttemptEndCause.Internal, problem, []);
        var kept = ImmutableArray.CreateBuilder<ArtifactRef>(names.Count);
        try
        {
            foreach (var name in names)
                kept.Add(await Patience.Try(s_patience, c => tools.Data.Put(name, Path.Combine(folder.Out, name), assignment.Run.Template.Residency, c), cancel));
            return End(AttemptEndCause.Completed, "", kept.DrainToImmutable());
        }
        catch (Exception failure) when (failure is InvalidDataException or OperationCanceledException || Patience.IsPassing(failure))
        {
            var why = cancel.IsCancellationRequested ? "the attempt was stopped meanwhile" : failure.Message;
            return End(AttemptEndCause.Internal, $"the outputs could not be kept: {why}", []);
        }
    }

    private AttemptEnd End(AttemptEndCause cause, string message, ImmutableArray<ArtifactRef> artifacts) =>
        AttemptEnd.Bare(cause, message, tools.Clock.GetUtcNow()) with { ExitCode = 0, Artifacts = artifacts };
}
