using Lepton.Client.Cluster;
using Lepton.Client.Wire;
using Lepton.Model;

namespace Lepton.Client;

/// <content>
/// Which region owns a job: the one its key belongs to, or, where its residency forbids that, one that it allows. The spec passes through the region
/// that is asked as a message, and nothing of it is kept there.
/// </content>
public sealed partial class ClusterLepton
{
    /// <exception cref="LeptonException">Nobody who may own it answers, or its key is taken by a job of the key's own region.</exception>
    private async Task<RegionId> OwnerOf(JobSpec spec, string? key, CancellationToken cancel)
    {
        var home = _intake.HomeOf(key);
        if (spec.Residency is not { } residency || residency.Allows(home)) return home;
        var owners = JobIntake.OwnersFor(residency, key);
        // A recent picture is enough to find somebody; to find nobody, the fleet is asked again.
        var heard = Answering(await _fleet.OfLately(cancel));
        if (!owners.Any(heard.Contains)) heard = Answering(await _fleet.Now(cancel));
        foreach (var owner in owners)
        {
            if (!heard.Contains(owner)) continue;
            if (key is not null) await HoldKey(key, home, owner, cancel);
            return owner;
        }

        var others = residency.Regions.Where(r => heard.Contains(r) && !owners.Contains(r)).ToList();
        throw LeptonException.Of(
            ProblemCodes.RegionUnreachable,
            $"The job may be in {residency}; {string.Join(", ", owners)} would own it and {(owners.Length == 1 ? "does" : "do")} not answer. Nothing was sent or kept by {Self}.",
            others.Count > 0
                ? $"Submit again when it is back, with the same key; or, if it was never submitted before, under a key of a region that answers: {others[0]}/ANYTHING."
                : "Submit again when a region of its residency is back, or give it a wider placement.residency.",
            retryAfter: TimeSpan.FromSeconds(2));
    }

    /// <summary>
    /// The region that a key belongs to notes which job has it, so that the same key without that residency, or with another one, is a conflict there and
    /// not a second job. It learns the job's id and nothing else.
    /// </summary>
    private async Task HoldKey(string key, RegionId home, RegionId owner, CancellationToken cancel)
    {
        var (there, here) = (JobIds.FromKey(home, TenantId.Default, JobIntake.Endpoint, key), JobIds.FromKey(owner, TenantId.Default, JobIntake.Endpoint, key));
        try
        {
            await _asker.Ask<Ack>(Address.Of(there), new HoldKey(there, here), cancel);
        }
        catch (LeptonException e) when (e.Code == ProblemCodes.Conflict)
        {
            throw LeptonException.Of(ProblemCodes.IdempotencyKeyReused, e.Message, e.Problem.Hint ?? "Use a new key for another spec.", inner: e);
        }
        catch (LeptonException e) when (e.Code == ProblemCodes.RegionUnreachable)
        {
            throw LeptonException.Of(
                ProblemCodes.RegionUnreachable,
                $"Idempotency-Key '{key}' belongs to {home}, which does not say whether it is free: {e.Message} Nothing was sent to {owner}.",
                $"Submit again when {home} is back, with the same key; or, if it was never submitted before, under a key of a region of its residency: {owner}/ANYTHING.",
                retryAfter: e.RetryAfter,
                inner: e);
        }
    }

    private static HashSet<RegionId> Answering(IReadOnlyList<FleetPicture.RegionAnswer> fleet) => [.. fleet.Where(r => r.View is not null).Select(r => r.Region)];
}
