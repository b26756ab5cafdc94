using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Estimation;
using Lepton.Scheduling.Explaining;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Granting;
using Lepton.Scheduling.Queueing;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>What would become of a job that is not submitted: the same verdicts, prices and times as for one that waits. Nothing is kept of it.</content>
public sealed partial class RegionMachine
{
    /// <summary>Kinds of tasks one question may be about: each looks at every node.</summary>
    private const int OutlookLimit = 200;

    /// <summary>Stands for the job that is not submitted; of equals it comes last.</summary>
    private JobId Nobody => new(_self, "~");

    /// <summary>Tasks of one group that are the same to placement: their inputs lie in the same place.</summary>
    private sealed record Kind(TaskGroup Group, TaskShape Shape, InputRef? Input, int Tasks);

    private Reply Outlook(AskOutlook ask, Moment now)
    {
        _near.Forget(Nobody);       // of the question before
        var kinds = KindsOf(ask.Spec);
        if (kinds.Count > OutlookLimit)
        {
            return new Refused(RefusalCode.LimitReached, $"The job has {kinds.Count} kinds of tasks; an outlook looks at {OutlookLimit} at most.", "Maybe ask for a part of it.");
        }

        var pools = DevicePools.Of(_ledger.Nodes);
        var judged = new Dictionary<(TaskShape, int, RunTimeKey, TimeSpan?), (Verdict Own, RegionOutlook Outlook)>();
        var outlooks = ImmutableArray.CreateBuilder<TaskOutlook>(kinds.Count);
        for (var i = 0; i < kinds.Count; i++)
        {
            var kind = kinds[i];
            var template = kind.Group.Template;
            var learns = RunTimeKey.Of($"{ask.Spec.Tenant}/{ask.Spec.Name}/{template.Group}", template.Demand);
            var key = (kind.Shape, template.GangSize, learns, BoundOf(template, null));
            if (!judged.TryGetValue(key, out var own)) judged.Add(key, own = OwnOutlook(ask.Spec, kind, learns, pools, now));
            outlooks.Add(Merge(ask, kind, i, own.Own, own.Outlook, now));
        }

        return new Outlooks(_self, outlooks.MoveToImmutable());
    }

    private List<Kind> KindsOf(JobSpec spec)
    {
        var kinds = new List<Kind>();
        foreach (var group in spec.Groups)
        {
            if (group.Inputs.IsDefaultOrEmpty)
            {
                kinds.Add(new Kind(group, Among(TaskShape.Of(group.Template, null, _settings.Fleet), spec.Tenant, Nobody, group.Template), null, group.Count));
                continue;
            }

            var each = group.Count / group.Inputs.Length;
            kinds.AddRange(group.Inputs.GroupBy(input => (input.Region, input.IsFile()))
                .Select(inputs => new Kind(group, Among(TaskShape.Of(group.Template, inputs.First(), _settings.Fleet), spec.Tenant, Nobody, group.Template), inputs.First(), inputs.Count() * each)));
        }

        return kinds;
    }

    private (Verdict Own, RegionOutlook Outlook) OwnOutlook(JobSpec spec, Kind kind, RunTimeKey learns, ImmutableArray<DevicePool> pools, Moment now)
    {
        var (shape, template) = (kind.Shape, kind.Group.Template);
        var (verdict, region) = OwnRegion.Judge(shape, _self, _ledger);
        var never = Explainer.IsForGood(verdict.Reason) && !(verdict.Reason == PendingReason.Unsatisfiable && IsInDoubt(shape));
        if (!never && NoSuchQueue(spec.Queue) is { } unknown) (verdict, never) = (unknown, true);
        if (!never && QuotaVerdict(shape, spec.Queue) is { } quota)
        {
            never = _desk.Quotas.NeverFits(_desk.Find(spec.Queue), _desk.AmountsOf(shape)) >= 0;
            verdict = quota;
        }

        if (!never && template.IsGang && NeverTogether(shape, spec.Queue, template.GangSize, now) is { } members) (verdict, never) = (members, true);
        if (template.IsGang && verdict.Reason == PendingReason.BehindInQueue && FittingTogether(shape, spec.Tenant, template, Nobody) is var fitted && fitted < template.GangSize)
        {
            verdict = GangShort(fitted, template.GangSize);
        }

        var learned = _runTimes.Predict(learns, now.At);
        var start = never || verdict.Reason is PendingReason.QuotaExceeded or PendingReason.GangIncomplete ? null : StartOf(shape, new TaskId(Nobody, 0), BoundOf(template, learned), now);
        return (verdict, new RegionOutlook(
            region with { Reason = verdict.Reason, Evidence = verdict.Evidence },
            [.. verdict.Next],
            !never,
            HourlyPrice.Of(shape, _settings.Prices, pools),
            NotBefore(start, template.StartAfter),
            learned?.Median ?? template.ExpectedRun,
            _queue.Ahead(spec.Queue, new QueueKey(spec.Priority, now.At, Nobody))));
    }

    /// <summary>The verdicts of all regions: each by its own word where it gave one, else by what its summary tells.</summary>
    private TaskOutlook Merge(AskOutlook ask, Kind kind, int number, Verdict own, RegionOutlook ownOutlook, Moment now)
    {
        var shape = kind.Shape;
        var regions = ImmutableArray.CreateBuilder<RegionOutlook>();
        var verdicts = new List<(RegionId, Verdict, DateTimeOffset?)> { (_self, own, ownOutlook.Start?.Expected) };
        regions.Add(ownOutlook);
        foreach (var peer in _peers.Fleet)
        {
            if (shape.Allows(peer.Region) && ToldBy(ask, peer.Region, number) is { } told)
            {
                regions.Add(told);
                verdicts.Add((peer.Region, new Verdict(told.Verdict.Reason, told.Verdict.Evidence, [.. told.Next.OrEmpty()]), told.Start?.Expected));
                continue;
            }

            var (verdict, region) = OtherRegion.Judge(shape, peer, _peers, now.At);
            regions.Add(new RegionOutlook(region, [.. verdict.Next], !Explainer.IsForGood(verdict.Reason), PriceBySummary(shape, peer), null, null, null));
            verdicts.Add((peer.Region, verdict, null));
        }

        // A queue that the owner does not have keeps its tasks from every region: they are placed from there.
        var dominant = own.Reason == PendingReason.Misconfigured ? own : Explainer.Dominant(shape, _self, _peers, verdicts, now.At);
        var can = own.Reason != PendingReason.Misconfigured && regions.Any(r => r.CanEver && shape.Allows(r.Verdict.Region));
        return new TaskOutlook(
            kind.Group.Name, kind.Input?.Region, kind.Tasks, can, dominant.Reason, dominant.Evidence, [.. dominant.Next], regions.ToImmutable());
    }

    private static long? PriceBySummary(TaskShape shape, Peer peer) =>
        peer.Summary is { Prices: { } prices } summary ? HourlyPrice.Of(shape, prices, summary.Devices) : null;

    private static RegionOutlook? ToldBy(AskOutlook ask, RegionId region, int number)
    {
        foreach (var told in ask.Told.OrEmpty())
        {
            if (told.Region == region && number < told.Tasks.Length) return told.Tasks[number].Regions.FirstOrDefault(r => r.Verdict.Region == region);
        }

        return null;
    }

    /// <summary>How many members of a gang fit at the same time: placed on the ledger as in a pass, and taken off again.</summary>
    private int FittingTogether(TaskShape shape, TenantId tenant, TaskTemplate template, JobId job)
    {
        const int Imagined = 1 << 30;           // indexes that no task has
        if (shape.Neighbours is { Site: { } site } rules) site.Settle(shape, template.GangSize, rules);
        var placed = 0;
        while (placed < template.GangSize && _picker.PickHere(shape) is { Node: { } node } choice)
        {
            if (_near.IsOn) _near.Enter(new TaskId(job, Imagined + placed), tenant, template, node, _self);
            _ledger.Offer(new TaskId(job, Imagined + placed++), 0, node.Id, shape.Demand.Capacity, choice.Devices);
        }

        for (var index = 0; index < placed; index++)
        {
            _near.Leave(new TaskId(job, Imagined + index));
            _ledger.Retract(new TaskId(job, Imagined + index));
        }

        return placed;
    }

    private static StartEstimate? NotBefore(StartEstimate? start, DateTimeOffset? after) => start is null || after is not { } at || at <= start.Earliest
        ? start
        : new StartEstimate(at, at > start.Expected ? at : start.Expected, at > start.Latest ? at : start.Latest);
}
