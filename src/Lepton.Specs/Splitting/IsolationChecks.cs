namespace Lepton.Specs;

/// <summary>Isolation that is asked for can be had by a task like this: what could not be honoured is refused.</summary>
internal static class IsolationChecks
{
    public static void Check(PlannedTask task, bool inherits, SplitScope scope)
    {
        var (resources, image) = (task.Work.Resources, task.Work.Run?.Image);
        var hasDevices = resources?.Accelerators is not null;
        for (var i = 0; i < (resources?.Isolation?.Count ?? 0); i++)
        {
            var at = i;
            if (Problem(resources!.Isolation![i]) is var (message, hint))
                DeviceChecks.Report(task, inherits, scope, p => p.Field("resources").Field("isolation").Item(at), message, hint);
        }

        (string, string)? Problem(IsolationAsk asked) => asked switch
        {
            IsolationAsk.Container when image is null => ("asks for a container, but the task names no image.", "Maybe add run.image."),
            IsolationAsk.Cgroup when image is not null => ("is of tasks without an image: a container has a control group and limits of its own.", "Maybe leave it out."),
            IsolationAsk.Visibility or IsolationAsk.MemoryWatch or IsolationAsk.Mig or IsolationAsk.Mps when !hasDevices =>
                ("says something of devices, but none are asked for.", "Maybe add accelerators: GPU:1."),
            IsolationAsk.Mig when resources!.Mig is null => ("keeps MIG instances apart, and none are asked for.", "Maybe add mig: 3g.40gb."),
            IsolationAsk.Mps when resources!.Fraction is null or >= 1 => ("divides a device between tasks, and no part of one is asked for.", "Maybe add fraction: 0.5."),
            _ => null,
        };
    }
}
