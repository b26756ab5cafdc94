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
        if (key is not null && await IsKnown(JobIds.FromKey(home, TenantId.Default, JobIntake.Endpoint, key), cancel))
        {
            throw LeptonException.Of(
                ProblemCodes.IdempotencyKeyReused, $"Idempotency-Key '{key}' was used in {home} for a job of another residency.", "Use a new key for another spec.");
        }

        var owners = JobIntake.OwnersFor(residency, key);
        // A recent picture is enough to find somebody; to find nobody, the fleet is asked again.
        var heard = Answering(await _fleet.OfLately(cancel));
        if (!owners.Any(heard.Contains)) heard = Answering(await _fleet.Now(cancel));
        foreach (var owner in owners)
        {
            if (heard.Contains(owner)) return owner;
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

    private static HashSet<RegionId> Answering(IReadOnlyList<FleetPicture.RegionAnswer> fleet) => [.. fleet.Where(r => r.View is not null).Select(r => r.Region)];
}
