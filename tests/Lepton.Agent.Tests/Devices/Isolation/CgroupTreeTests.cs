using Lepton.Agent.Devices.Isolation;
using Lepton.Agent.Tests.Kit;
using Lepton.Model;

namespace Lepton.Agent.Tests.Devices.Isolation;

/// <summary>Over a folder of plain files that stands for the kernel's tree: what is written where. That a kernel obeys is not shown here.</summary>
public sealed class CgroupTreeTests
{
    private const string Own = "12:cpu:/x\n0::/system.slice/lepton.service\n";

    [Theory]
    [InlineData(null, Own, "is no cgroup version 2 tree")]
    [InlineData("cpu io pids", Own, "the controller 'memory' is not in")]
    [InlineData("cpu memory", "4:memory:/a\n", "in no version 2 group")]
    [InlineData("cpu memory", "0::/elsewhere\n", "is not delegated to")]
    public void Says_why_there_is_none(string? controllers, string own, string why)
    {
        var root = Directory.CreateTempSubdirectory("lepton-cgroup-").FullName;
        if (controllers is not null) File.WriteAllText(Path.Combine(root, "cgroup.controllers"), controllers + "\n");
        var (tree, reason) = CgroupTree.Open(root, own);
        Assert.Null(tree);
        Assert.Contains(why, reason, StringComparison.Ordinal);
        Directory.Delete(root, recursive: true);
    }

    [Fact]
    public async Task Holds_each_command_to_its_cpu_and_memory_and_leaves_the_shim_outside()
    {
        await using var bench = new Bench(cgroups: Tree);
        var assignment = bench.Assignment(["sh", "-c", "echo $$ >mine; echo \"$0\"", "an argument with $signs"], t => t with { Demand = new Demand(new Capacity(1500, 64L << 20)) });
        var group = bench.Tools.Cgroups!.Of(assignment.Attempt);

        var end = await bench.Run(assignment);

        Assert.Equal(AttemptEndCause.Completed, end.Cause);
        Assert.Equal("an argument with $signs\n", bench.Data.Log(assignment.Attempt));
        Assert.Equal($"{64L << 20}", Read(group, "memory.max"));
        Assert.Equal("150000 100000", Read(group, "cpu.max"));
        Assert.Equal("1", Read(group, "memory.oom.group"));
        Assert.Equal((await File.ReadAllTextAsync(bench.InTask(assignment.Attempt, "work/mine"), TestContext.Current.CancellationToken)).Trim(), Read(group, "cgroup.procs"));
        Assert.Equal("1", Read(group, "cgroup.kill"));
    }

    [Fact]
    public async Task A_kill_of_the_kernel_in_the_group_is_told_as_out_of_memory()
    {
        await using var bench = new Bench(cgroups: Tree);
        var assignment = bench.Assignment(["sh", "-c", "kill -KILL $$"], t => t with { Demand = new Demand(new Capacity(100, 64L << 20)) });
        var group = bench.Tools.Cgroups!.Of(assignment.Attempt);
        Directory.CreateDirectory(group.Path);
        await File.WriteAllTextAsync(Path.Combine(group.Path, "memory.events"), "low 0\nhigh 0\noom 1\noom_kill 1\noom_group_kill 1\n", TestContext.Current.CancellationToken);

        var end = await bench.Run(assignment);

        Assert.Equal((AttemptEndCause.OutOfMemory, 9), (end.Cause, end.Signal));
        Assert.Contains("more than 64 MiB of memory", end.Message, StringComparison.Ordinal);
    }

    private static CgroupTree Tree(string folder)
    {
        var root = Path.Combine(folder, "cgroup");
        var group = Directory.CreateDirectory(Path.Combine(root, "system.slice/lepton.service")).FullName;
        foreach (var place in new[] { root, group }) File.WriteAllText(Path.Combine(place, "cgroup.controllers"), "cpuset cpu io memory pids\n");
        File.WriteAllText(Path.Combine(group, "cgroup.procs"), "1\n");
        var (tree, why) = CgroupTree.Open(root, Own);
        Assert.True(tree is not null, why);
        return tree;
    }

    private static string Read(AttemptCgroup group, string file) => File.ReadAllText(Path.Combine(group.Path, file)).Trim();
}
