using System.Collections.Immutable;

namespace Lepton.Cuda.Nvml;

/// <summary>How near every two GPUs are.</summary>
internal static unsafe class NvmlLinks
{
    private const int OverNvLink = 2;

    public static ImmutableArray<DeviceLink> Read(ImmutableArray<NvmlDevice> gpus, NvmlAbilities abilities) =>
        [.. from a in Enumerable.Range(0, gpus.Length)
            from b in Enumerable.Range(a + 1, gpus.Length - a - 1)
            select new DeviceLink(gpus[a].Facts.Uuid, gpus[b].Facts.Uuid, Nearest(gpus[a], gpus[b], abilities), NvLink(gpus[a], gpus[b], abilities), Emulated: false)];

    private static CommonAncestor? Nearest(NvmlDevice a, NvmlDevice b, NvmlAbilities abilities)
    {
        int level;
        return abilities.CommonAncestor && NvmlCalls.CommonAncestor(a.Handle, b.Handle, &level) == NvmlReturn.Success ? (CommonAncestor)level : null;
    }

    private static bool? NvLink(NvmlDevice a, NvmlDevice b, NvmlAbilities abilities)
    {
        int status;
        return abilities.PeerStatus && NvmlCalls.PeerStatus(a.Handle, b.Handle, OverNvLink, &status) == NvmlReturn.Success ? status == 0 : null;
    }
}
