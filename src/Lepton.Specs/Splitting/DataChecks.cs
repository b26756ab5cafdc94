namespace Lepton.Specs;

/// <summary>Data that a task must be beside lie in one region, and the task may run there.</summary>
internal static class DataChecks
{
    public static void Check(PlannedTask task, bool inherits, SplitScope scope)
    {
        if (task.Work.Placement is not { DataLocality: { Mode: LocalityMode.Require, Inputs: { Count: > 0 } inputs } } placement) return;
        var region = inputs[0].Region;
        for (var i = 1; i < inputs.Count; i++)
        {
            if (inputs[i].Region == region) continue;
            var at = i;
            Add(p => p.Field("inputs").Item(at).Field("region"), $"is {inputs[i].Region}, and other data lie in {region}: no region has all of them, which mode: require asks for.", "Maybe mode: prefer.");
            return;
        }

        if (placement.Regions is { Count: > 0 } regions && !regions.Contains(region))
            Add(p => p.Field("mode"), $"is require: the task would run in {region} only, and placement.regions says {string.Join(", ", regions)}.", $"Maybe add {region} to the regions, or mode: prefer.");
        else if (placement.Avoid?.Contains(region) == true)
            Add(p => p.Field("mode"), $"is require: the task would run in {region} only, which placement.avoid names.", "Maybe mode: prefer.");

        void Add(Func<SpecPath, SpecPath> field, string message, string hint) =>
            DeviceChecks.Report(task, inherits, scope, p => field(p.Field("placement").Field("dataLocality")), message, hint);
    }
}
