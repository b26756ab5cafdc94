using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.Tests;

/// <summary>Devices, asks and signals in few words.</summary>
internal static class Gpus
{
    public const long GiB = 1L << 30;

    public static Device H100(int number, int? island = 0) => Of($"GPU-{number}", "H100", 80, island);

    public static Device Of(string uuid, string model, long gib, int? island = null) =>
        new(uuid, DeviceKind.Gpu, model, gib * GiB, false) { Island = island, ComputeCapability = new ComputeCapability(9, 0) };

    public static Device Mig(string uuid, string parent, string profile = "3g.40gb", uint instance = 1) =>
        Of(uuid, "H100", 40) with { ParentUuid = parent, MigProfile = profile, GpuInstance = instance, ComputeInstance = 0 };

    public static NodeSpec Node(params Device[] devices) => Some.Node(64_000, 65_536) with { Devices = [.. devices], DriverVersion = "580.65.06" };

    public static DeviceGrant Grant(string uuid, int share = 1000, long gib = 80, long epoch = 1) => new(uuid, new Epoch(epoch), share, gib * GiB);

    public static TaskTemplate Template(params DeviceAsk[] asks) =>
        Some.Template() with { Demand = new Demand(Some.Cpus(100)) { Asks = [.. asks] } };

    public static DeviceAsk Ask(int count = 1, int share = 1000, long gib = 0) => new() { Count = count, ShareMilli = share, MemoryBytes = gib * GiB };

    public static DeviceSignal Xid(long number, string uuid, long xid, DateTimeOffset at) =>
        new(number, DeviceSignalKind.Happened, null, at) { Event = new DeviceEvent(uuid, DeviceEventKind.Xid, xid, null, null, null, false, at) };

    public static DeviceSignal Found(long number, string uuid, DateTimeOffset at) =>
        new(number, DeviceSignalKind.FoundAgain, uuid, at) { Reading = new DeviceReading(false, RecoveryAction.None, false, false) };

    public static DeviceSignal Checked(long number, string uuid, DateTimeOffset at, bool ok = true) =>
        new(number, DeviceSignalKind.ContextChecked, uuid, at) { Ok = ok };
}
