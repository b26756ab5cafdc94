using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Grains.Tests.Clusters;

/// <summary>Jobs to submit.</summary>
internal static class SomeJob
{
    public static SubmitJob Array(string key, int count, long milliCpu = 100)
    {
        var template = new TaskTemplate { Group = "work", Command = ["/bin/true"], Demand = new Demand(new Capacity(milliCpu, 1 << 20)) };
        var spec = new JobSpec
        {
            Kind = "TaskArray",
            Name = "array",
            Groups = [new TaskGroup("work", 0, count, template, [], [], [])],
        };
        return new SubmitJob(new JobId(RegionCluster.Region, key), spec, "hash");
    }
}
