using Lepton.Hosting;
using Lepton.Linux;

namespace Lepton.Regions;

/// <summary>The ports that regions need, held against those that others have.</summary>
public static class RegionPorts
{
    /// <exception cref="PortInUseException">Names every port that is taken, and by whom.</exception>
    public static void RequireFree(params IEnumerable<RegionConfiguration> regions)
    {
        if (Taken(regions, port => !Ports.IsFree(port)) is { Count: > 0 } taken) throw new PortInUseException(string.Join(Environment.NewLine, taken));
    }

    /// <summary>After a failed start: what others listen on. Ports of this process are no reason.</summary>
    internal static PortInUseException? Why(RegionConfiguration region, Exception failure) =>
        Taken([region], port => Ports.HolderOf(port) is { } holder && holder.Pid != Environment.ProcessId) is { Count: > 0 } taken
            ? new PortInUseException(string.Join(Environment.NewLine, taken), failure)
            : null;

    private static List<string> Taken(IEnumerable<RegionConfiguration> regions, Func<int, bool> isTaken) =>
    [
        .. from region in regions
           from port in region.Ports
           where isTaken(port.Port)
           select $"The {port.What} port {port.Port} of region {region.Region} {Ports.InUse(port.Port)}.",
    ];
}
