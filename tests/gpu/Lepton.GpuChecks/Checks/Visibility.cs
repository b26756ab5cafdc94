using Lepton.Cuda;
using Lepton.Cuda.Contexts;

namespace Lepton.GpuChecks.Checks;

/// <summary>What CUDA sees under the variables that tasks are given, and a context in a child.</summary>
internal static class Visibility
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    public static async Task Check(DeviceInventory inventory, DeviceFingerprint device)
    {
        await Sees("visible: its UUID", device.Uuid, "0 1");
        await Sees("visible: empty", "", null);
        await Sees("visible: an unknown UUID", "GPU-00000000-0000-0000-0000-000000000000", null);
        if (inventory.Devices.Where(d => d.Placeable && d.ParentUuid is null).Take(2).ToArray() is [var a, var b]) await Sees("visible: two UUIDs", $"{a.Uuid},{b.Uuid}", "0 2");
        var check = new ContextCheck(Environment.ProcessPath!, Path.GetFileNameWithoutExtension(Environment.ProcessPath) == "dotnet" ? [typeof(Visibility).Assembly.Location] : []);
        var begun = System.Diagnostics.Stopwatch.GetTimestamp();
        var verdict = await check.RunAsync(device.Uuid, s_patience, CancellationToken.None);
        Line.Print(
            "context check", verdict.Outcome == ContextOutcome.Ok, ("outcome", verdict.Outcome.ToString()), ("text", verdict.Text),
            ("seconds", Math.Round(System.Diagnostics.Stopwatch.GetElapsedTime(begun).TotalSeconds, 2)));
    }

    /// <param name="expected">Return code and count; null: any code, as long as no device is seen.</param>
    private static async Task Sees(string check, string visible, string? expected)
    {
        using var child = new Child(visible, "count");
        var said = await child.Says(s_patience) ?? "nothing";
        Line.Print(check, expected is null ? said.EndsWith(" 0", StringComparison.Ordinal) : said == expected, ("said", said));
    }
}
