using System.Collections.Immutable;
using System.Globalization;

namespace Lepton.Cuda.Nvml;

/// <summary>Reads the facts of one GPU and of its MIG instances. What a device cannot say is null; without a UUID there is no device.</summary>
internal static unsafe class NvmlDevices
{
    private const int MostNvLinks = 18;

    public static ProbeResult<NvmlDevice> ReadGpu(nint handle, int index, NvmlAbilities abilities)
    {
        var uuid = Uuid(handle, out var code);
        if (uuid is null) return ProbeError.Of(code, $"nvmlDeviceGetUUID({index})");
        var busId = BusId(handle);
        var (total, reserved) = Memory(handle, abilities);
        var mig = MigMode(handle, abilities);
        int major, minor;
        var capability = NvmlCalls.ComputeCapability(handle, &major, &minor) == NvmlReturn.Success ? new Version(major, minor) : null;
        return new NvmlDevice(handle, new DeviceFingerprint(
            uuid, Name(handle), index, busId, NumaNode(busId), capability, total, reserved, mig, Placeable: !mig,
            null, null, null, NvLinks(handle, abilities), Emulated: false));
    }

    /// <summary>Slots are counted, not instances: holes between them are skipped.</summary>
    public static void ReadInstances(
        NvmlDevice parent, NvmlAbilities abilities, ImmutableArray<NvmlDevice>.Builder devices, ImmutableArray<UnreadableDevice>.Builder unreadable)
    {
        uint slots;
        if (NvmlCalls.MigSlots(parent.Handle, &slots) != NvmlReturn.Success) return;
        for (uint slot = 0; slot < slots; slot++)
        {
            nint handle;
            var code = NvmlCalls.MigHandle(parent.Handle, slot, &handle);
            if (code is NvmlReturn.NotFound or NvmlReturn.InvalidArgument) continue;
            var uuid = code == NvmlReturn.Success ? Uuid(handle, out code) : null;
            if (uuid is null)
            {
                unreadable.Add(new(parent.Facts.Index, ProbeError.Of(code, $"MIG slot {slot} of {parent.Facts.Uuid}")));
                continue;
            }
            uint gpuInstance, computeInstance;
            var (total, reserved) = Memory(handle, abilities);
            devices.Add(new NvmlDevice(handle, parent.Facts with
            {
                Uuid = uuid,
                Name = Name(handle),
                MemoryBytes = total ?? AttributeMemory(handle, abilities),
                ReservedBytes = reserved,
                MigMode = false,
                Placeable = true,
                ParentUuid = parent.Facts.Uuid,
                GpuInstance = NvmlCalls.GpuInstance(handle, &gpuInstance) == NvmlReturn.Success ? gpuInstance : null,
                ComputeInstance = NvmlCalls.ComputeInstance(handle, &computeInstance) == NvmlReturn.Success ? computeInstance : null,
                ActiveNvLinks = null,
            }));
        }
    }

    public static string? Uuid(nint handle, out NvmlReturn code)
    {
        var text = stackalloc byte[NvmlText.NameSize];
        code = NvmlCalls.DeviceUuid(handle, text, NvmlText.NameSize);
        return code == NvmlReturn.Success ? NvmlText.Read(text, NvmlText.NameSize) : null;
    }

    /// <summary>What the driver asks to be done with a device; null when it cannot say.</summary>
    public static long? RecoveryAction(nint handle, NvmlAbilities abilities)
    {
        if (!abilities.Fields) return null;
        var field = new FieldValue { Id = FieldValue.RecoveryAction };
        return NvmlCalls.Fields(handle, 1, &field) == NvmlReturn.Success && field.Code == NvmlReturn.Success ? field.Whole : null;
    }

    private static string Name(nint handle)
    {
        var text = stackalloc byte[NvmlText.NameSize];
        return NvmlCalls.DeviceName(handle, text, NvmlText.NameSize) == NvmlReturn.Success ? NvmlText.Read(text, NvmlText.NameSize) : "unknown";
    }

    private static string? BusId(nint handle)
    {
        PciPlace pci;
        return NvmlCalls.Pci(handle, &pci) == NvmlReturn.Success ? NvmlText.Read(pci.BusId, 32) : null;
    }

    /// <summary>The kernel writes the domain with four digits where the driver writes eight.</summary>
    private static int? NumaNode(string? busId)
    {
        if (busId is not { Length: > 12 }) return null;
        try
        {
#pragma warning disable CA1308 // The kernel's folder names are in small letters.
            var file = $"/sys/bus/pci/devices/{busId[^12..].ToLowerInvariant()}/numa_node";
#pragma warning restore CA1308
            return File.Exists(file) && int.TryParse(File.ReadAllText(file), NumberStyles.Integer, CultureInfo.InvariantCulture, out var node) && node >= 0 ? node : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static (long? Total, long? Reserved) Memory(nint handle, NvmlAbilities abilities)
    {
        var sample = default(DeviceSample);
        NvmlSampler.ReadMemory(handle, abilities, ref sample);
        return (sample.MemoryTotalBytes.Value, sample.MemoryReservedBytes.Value);
    }

    private static long? AttributeMemory(nint handle, NvmlAbilities abilities)
    {
        InstanceAttributes attributes;
        return abilities.Attributes && NvmlCalls.Attributes(handle, &attributes) == NvmlReturn.Success ? (long)attributes.MemoryMebibytes << 20 : null;
    }

    private static bool MigMode(nint handle, NvmlAbilities abilities)
    {
        uint current, pending;
        return abilities.Mig && NvmlCalls.MigMode(handle, &current, &pending) == NvmlReturn.Success && current == 1;
    }

    private static int? NvLinks(nint handle, NvmlAbilities abilities)
    {
        if (!abilities.NvLink) return null;
        int? links = null;
        for (uint link = 0; link < MostNvLinks; link++)
        {
            uint active;
            if (NvmlCalls.NvLink(handle, link, &active) == NvmlReturn.Success) links = (links ?? 0) + (int)active;
        }
        return links;
    }
}
