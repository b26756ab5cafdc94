using Lepton.Client.Cluster;
using Lepton.Client.Wire;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Client;

public sealed partial class ClusterLepton
{
    /// <remarks>
    /// All regions are asked at once what they could offer; then the one that would own the job is asked with their answers, and gives the verdict as it
    /// would for a task that waits. A region that does not answer is judged by its last summary. Regions
    /// outside of the job's residency are not asked: they would be told its spec.
    /// </remarks>
    public async Task<SubmitOutlook> DryRunAsync(string specJson, CancellationToken cancel = default)
    {
        var (spec, _) = _intake.Read(specJson);
        var outlooks = await AskOutlooks(spec, await OwnerOf(spec, null, cancel), cancel);
        return OutlookMap.Of(spec, outlooks, NeverFits.Of(outlooks)?.Message, _time.GetUtcNow());
    }

    private async Task<Outlooks> AskOutlooks(JobSpec spec, RegionId owner, CancellationToken cancel)
    {
        var others = await Task.WhenAll(AllRegions.Where(r => r != owner && spec.Residency?.Allows(r) != false).Select(r => _asker.Try<Outlooks>(Address.Of(r), new AskOutlook(spec, []), cancel)));
        return await _asker.Ask<Outlooks>(Address.Of(owner), new AskOutlook(spec, [.. others.OfType<Outlooks>()]), cancel);
    }
}
