using System.Globalization;
using Lepton.Client.Wire;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Client.Cluster;

/// <summary>
/// From what a person typed to an id. A whole id is taken as it is. A start of one is looked up: with a region in that region, without one in
/// the region that is asked and, where that knows none, in all others.
/// </summary>
internal sealed class IdResolver(RegionDirectory directory, Func<JobFilter, CancellationToken, Task<Page<JobSummary>>> list)
{
    private const int CandidatesShown = 5;

    /// <exception cref="LeptonException">No such job, or several.</exception>
    public async Task<JobId> Job(string text, CancellationToken cancel)
    {
        if (text.Contains('/', StringComparison.Ordinal)) throw NotAnId(text, "A job id has no '/': that would be a task.");
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var prefix = CrockfordBase32.Normalise(text[(dot + 1)..]);
        if (prefix.Length == 0 || prefix.Length > CrockfordBase32.Length128 || !CrockfordBase32.IsWritten(prefix))
        {
            throw NotAnId(text, "Job ids are <region>.<26 digits and letters>; see `lepton jobs`.");
        }

        if (dot < 0) return await Anywhere(text, prefix, cancel);
        var region = RegionNamed(text[..dot], text);
        return prefix.Length == CrockfordBase32.Length128 ? new JobId(region, prefix) : One(text, await In(region, prefix, cancel), []);
    }

    /// <summary>A task id; or a job's id, with no index: null.</summary>
    public async Task<(JobId Job, int? Index)> JobOrTask(string text, CancellationToken cancel)
    {
        var slash = text.LastIndexOf('/');
        if (slash < 0) return (await Job(text, cancel), null);
        if (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index))
        {
            throw NotAnId(text, "Behind the '/' stands the index of a task, a number.");
        }

        return (await Job(text[..slash], cancel), index);
    }

    public RegionId RegionNamed(string name, string of) =>
        directory.Regions.FirstOrDefault(r => r.Region.Value == name)?.Region
        ?? throw LeptonException.Of(
            ProblemCodes.NotFound,
            of == name ? $"There is no region '{name}'." : $"There is no region '{name}' for '{of}'.",
            $"Known are: {string.Join(", ", directory.Regions.Select(r => r.Region))}.");

    private async Task<JobId> Anywhere(string text, string prefix, CancellationToken cancel)
    {
        var here = await In(directory.Self, prefix, cancel);
        if (here.Total > 0) return One(text, here, []);
        var missing = new List<string>();
        var found = new List<JobSummary>();
        foreach (var region in directory.Regions.Select(r => r.Region).Where(r => r != directory.Self))
        {
            try
            {
                found.AddRange((await In(region, prefix, cancel)).Items);
            }
            catch (LeptonException e) when (ProblemCodes.IsTransient(e.Code))
            {
                missing.Add(region.Value);
            }
        }

        return One(text, new Page<JobSummary> { Items = [.. found], Total = found.Count, Truncated = false }, missing);
    }

    private Task<Page<JobSummary>> In(RegionId region, string prefix, CancellationToken cancel) =>
        list(new JobFilter { Owner = region.Value, IdPrefix = $"{region}.{prefix}", Limit = CandidatesShown + 1 }, cancel);

    private static JobId One(string text, Page<JobSummary> found, List<string> missing)
    {
        if (found.Items.Length == 1 && JobId.TryParse(found.Items[0].Id, out var job)) return job;
        if (found.Items.Length > 1)
        {
            throw LeptonException.Of(
                ProblemCodes.AmbiguousId,
                $"'{text}' could be {found.Total} jobs.",
                $"Type more of the id: {string.Join(", ", found.Items.Take(CandidatesShown).Select(j => $"{j.Id} ({j.Name}, {j.State})"))}{(found.Total > CandidatesShown ? ", ..." : "")}.",
                [.. found.Items.Take(CandidatesShown).Select(j => new ProblemError { Path = j.Id, Message = $"{j.Id} {j.Name} {j.State}" })]);
        }

        throw missing.Count == 0
            ? LeptonException.Of(ProblemCodes.NotFound, $"There is no job '{text}'.", "Maybe its record is past retention; `lepton jobs` lists what there is.")
            : LeptonException.Of(
                ProblemCodes.RegionUnreachable,
                $"There is no job '{text}' in the regions that answer; {string.Join(", ", missing)} did not.",
                "Ask again when they are back, or write the region before the id.");
    }

    private static LeptonException NotAnId(string text, string hint) => LeptonException.Of(ProblemCodes.NotFound, $"'{text}' is not an id here.", hint);
}
