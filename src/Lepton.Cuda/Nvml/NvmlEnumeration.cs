using System.Collections.Immutable;

namespace Lepton.Cuda.Nvml;

/// <summary>What one enumeration found: facts to tell, and handles to keep.</summary>
internal sealed record NvmlEnumeration(DeviceInventory Inventory, ImmutableArray<NvmlDevice> Devices)
{
    public static unsafe ProbeResult<NvmlEnumeration> Run(NvmlAbilities abilities)
    {
        uint count;
        var code = NvmlCalls.DeviceCount(&count);
        if (code != NvmlReturn.Success) return ProbeError.Of(code, "nvmlDeviceGetCount_v2");
        var devices = ImmutableArray.CreateBuilder<NvmlDevice>();
        var unreadable = ImmutableArray.CreateBuilder<UnreadableDevice>();
        for (var index = 0; index < count; index++)
        {
            nint handle;
            code = NvmlCalls.HandleByIndex((uint)index, &handle);
            var device = code == NvmlReturn.Success
                ? NvmlDevices.ReadGpu(handle, index, abilities)
                : ProbeError.Of(code, $"nvmlDeviceGetHandleByIndex_v2({index})");
            if (!device.Ok)
            {
                unreadable.Add(new(index, device.Error));
                continue;
            }
            devices.Add(device.Value);
            if (device.Value.Facts.MigMode) NvmlDevices.ReadInstances(device.Value, abilities, devices, unreadable);
        }
        var all = devices.ToImmutable();
        var inventory = new DeviceInventory(
            ProbeKind.Nvml,
            Emulated: false,
            Text(&NvmlCalls.DriverVersion),
            abilities.LibraryVersion ? Text(&NvmlCalls.LibraryVersion) : null,
            Cuda(),
            BootId.Read(),
            [.. all.Select(d => d.Facts)],
            NvmlLinks.Read([.. all.Where(d => !d.IsInstance)], abilities),
            unreadable.ToImmutable());
        return new NvmlEnumeration(inventory, all);
    }

    private static unsafe string? Text(delegate*<byte*, uint, NvmlReturn> call)
    {
        var buffer = stackalloc byte[NvmlText.VersionSize];
        return call(buffer, NvmlText.VersionSize) == NvmlReturn.Success ? NvmlText.Read(buffer, NvmlText.VersionSize) : null;
    }

    private static unsafe Version? Cuda()
    {
        int version;
        return NvmlCalls.CudaVersion(&version) == NvmlReturn.Success ? NvmlText.Cuda(version) : null;
    }
}
