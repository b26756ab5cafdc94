using System.Runtime.InteropServices;
using Lepton.Cuda;

namespace Lepton.GpuChecks.Checks;

/// <summary>All checks in order. Nothing is reset, no setting is changed; a check that cannot be made says so and the next one follows.</summary>
internal static class Checklist
{
    private static readonly string[] s_programs = ["nvidia-smi", "nvidia-cuda-mps-control", "cuda-checkpoint", "criu", "docker", "podman"];

    /// <summary>Exit code where there is no GPU that could be asked: nothing was checked, which is neither good nor bad.</summary>
    private const int NoGpu = 3;

    public static async Task<int> Run(int seconds)
    {
        Line.Print(
            "machine", null,
            ("kernel", File.ReadAllText("/proc/sys/kernel/osrelease").Trim()),
            ("architecture", RuntimeInformation.ProcessArchitecture.ToString()),
            ("cgroup", File.Exists("/sys/fs/cgroup/cgroup.controllers") ? "v2: " + File.ReadAllText("/sys/fs/cgroup/cgroup.controllers").Trim() : "v1 or none"),
            ("programs", string.Join(' ', s_programs.Where(InPath))));
        var opened = await DeviceLayer.OpenAsync(new DeviceOptions(), TimeProvider.System, CancellationToken.None);
        if (!opened.Ok)
        {
            var none = opened.Error.Failure is ProbeFailure.LibraryNotFound or ProbeFailure.DriverNotLoaded;
            Line.Print("open", none ? null : false, ("error", opened.Error.ToString()));
            return none ? Nothing("it has no driver of theirs") : 1;
        }

        using var layer = opened.Value;
        var listed = await layer.Probe.EnumerateAsync(CancellationToken.None);
        if (!listed.Ok || listed.Value.Devices.IsEmpty)
        {
            var none = listed is { Ok: true, Value.Unreadable.IsEmpty: true };
            var unreadable = listed.Value is { } some ? string.Join(' ', some.Unreadable.Select(u => u.Error)) : "";
            Line.Print("list", none ? null : false, ("error", listed.Error?.ToString() ?? $"the driver lists no device that can be read. {unreadable}".TrimEnd()));
            return none ? Nothing("the driver lists no device") : 1;
        }

        if (layer.Probe is Cuda.Nvml.NvmlSession session) Line.Print("optional calls", null, ("there", session.Abilities.ToString()));
        Inventory.Tell(listed.Value);
        await Inventory.Compare(listed.Value);
        var device = listed.Value.Devices.First(d => d.Placeable);
        Sampling.Tell(layer);
        await Visibility.Check(listed.Value, device);
        await Processes.Check(layer, device);
        await Faults.Check(layer, device);
        Sampling.Measure(layer, seconds);
        return 0;
    }

    private static int Nothing(string why)
    {
        Console.Error.WriteLine($"No GPU of this machine can be asked, because {why}: nothing was checked. Maybe run this where NVIDIA GPUs are.");
        return NoGpu;
    }

    private static bool InPath(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => folder.Length > 0 && File.Exists(Path.Combine(folder, program)));
}
