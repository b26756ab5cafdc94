namespace Lepton.Specs;

/// <summary>What taints, neighbours and spread must say together: what could never hold is found here, not by waiting.</summary>
internal static class NearChecks
{
    public static void Check(PlannedTask task, bool inherits, SplitScope scope)
    {
        if (task.Work.Placement is not { } placement) return;
        for (var i = 0; i < (placement.Tolerations?.Count ?? 0); i++)
        {
            var (at, toleration) = (i, placement.Tolerations![i]);
            if (toleration is { Operator: TolerationOperator.Exists, Value: not null }) Add(p => p.Field("tolerations").Item(at).Field("value"), "is compared with nothing where the operator is Exists.", "Maybe operator: Equal, or no value.");
            else if (toleration is { Operator: TolerationOperator.Equal, Value: null }) Add(p => p.Field("tolerations").Item(at), "says Equal and no value.", "Maybe operator: Exists, or a value.");
        }

        CheckNear("affinity", placement.Affinity);
        CheckNear("antiAffinity", placement.AntiAffinity);
        foreach (var away in (placement.AntiAffinity ?? []).Where(IsMust))
        {
            if ((placement.Affinity ?? []).FirstOrDefault(near => IsMust(near) && Equals(near.Tasks, away.Tasks) && Size(away.By) >= Size(near.By)) is null) continue;
            Add(p => p.Field("antiAffinity"), "forbids the tasks that affinity asks for, so the task could never be beside them.", "Maybe mode: prefer for one of them.");
            break;
        }

        var gang = task.Work.Gang?.Size ?? 0;
        if (gang > 1 && (placement.AntiAffinity ?? []).Any(r => IsMust(r) && r.Tasks is null && r.By == SpreadLevel.Region))
            Add(p => p.Field("antiAffinity"), "keeps the members of a gang in different regions; they run in one.", "Maybe by: zone.");
        if (placement.Spread is not { } spread) return;
        if (spread.Count > task.Count) Add(p => p.Field("spread").Field("count"), $"asks for {Words.Number(spread.Count.Value)} domains for {Words.Number(task.Count)} {(task.Count == 1 ? "task" : "tasks")}.", $"Maybe {task.Count}.");
        if (spread is { MaxSkew: not null, By: SpreadLevel.Region }) Add(p => p.Field("spread").Field("maxSkew"), "compares the domains of one region; between regions it is not supported.", "Maybe count, or maxPerDomain.");
        if (gang > 1 && spread.By == SpreadLevel.Region && NearRulesOf.Spread(spread, task.Count)!.MaxPerDomain is > 0 and var most && most < gang)
            Add(p => p.Field("spread"), $"puts {most} of the {gang} members of a gang into a region; all of them run in one.", "Maybe by: zone.");

        void CheckNear(string name, ValueList<NearDocument>? rules)
        {
            for (var i = 0; i < (rules?.Count ?? 0); i++)
            {
                var at = i;
                if (rules![i].Tasks is { Count: 0 }) Add(p => rules.Count == 1 ? p.Field(name).Field("tasks") : p.Field(name).Item(at).Field("tasks"), "names no label, so it means every task and none.", "Maybe {app: web}, or leave it out for the other tasks of the job.");
            }
        }

        void Add(Func<SpecPath, SpecPath> field, string message, string hint) => DeviceChecks.Report(task, inherits, scope, p => field(p.Field("placement")), message, hint);
    }

    private static bool IsMust(NearDocument rule) => rule.Mode != LocalityMode.Prefer;

    private static int Size(SpreadLevel level) => (int)NearRulesOf.LevelOf(level);
}
