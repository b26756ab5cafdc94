using System.Diagnostics;
using Lepton.Cuda;
using Lepton.Model;
using Lepton.Scheduling.Devices;

namespace Lepton.GpuChecks.Checks;

/// <summary>A deliberate fault in a child that is thrown away: does its XID arrive, how late, and does the device stay healthy?</summary>
internal static class Faults
{
    public static async Task Check(DeviceLayer layer, DeviceFingerprint device)
    {
        layer.Events.Start();
        await Task.Delay(500);
        var before = Recovery(layer, device);
        using var child = new Child(device.Uuid, "fault");
        var begun = Stopwatch.GetTimestamp();
        var said = await child.Says(TimeSpan.FromSeconds(60));
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        var health = DeviceHealth.New(TimeProvider.System.GetUtcNow());
        var seen = new List<string>();
        double? after = null;
        try
        {
            while (after is null)
            {
                var e = await layer.Events.Events.ReadAsync(limit.Token);
                seen.Add($"{e.Kind} {e.Code}");
                health = HealthMachine.Handle(health, new HealthSignal.Happened(e), HealthSettings.Default);
                if (e.Kind == DeviceEventKind.Xid) after = Math.Round(Stopwatch.GetElapsedTime(begun).TotalMilliseconds, 1);
            }
        }
        catch (OperationCanceledException)
        {
            // No XID came: said below.
        }

        Line.Print(
            "fault of an application", after is not null && health.Phase == DevicePhase.Healthy, ("child", said), ("events", string.Join(", ", seen)), ("xid_after_child_start_ms", after),
            ("health", health.Phase.ToString()), ("recovery_before", before), ("recovery_after", Recovery(layer, device)));
    }

    private static string Recovery(DeviceLayer layer, DeviceFingerprint device)
    {
        var samples = new DeviceSample[layer.Sampler.Count];
        var count = layer.Sampler.Sweep(samples).Count;
        return samples.Take(count).FirstOrDefault(s => s.Uuid == device.Uuid).RecoveryAction.ToString();
    }
}
