using Lepton.Agent.Attempts;
using Lepton.Agent.Processes;
using Lepton.Agent.Tests.Kit;
using Lepton.Cuda.Tests.Fakes;
using Lepton.Model;

namespace Lepton.Agent.Tests.Devices;

/// <summary>Attempts with devices: real processes, the fake driver, and the watch between them.</summary>
[Collection(DriverCollection.Name)]
public sealed class DeviceAttemptTests
{
    [Fact]
    public async Task A_task_is_shown_its_devices_only_and_one_without_devices_none()
    {
        await using var kit = await SessionKit.Begun(FakeDriver.Gpus(3));
        await using var bench = new Bench(devices: kit.Session);
        var granted = Sleeping(bench, "env | sort", SessionKit.Grant("GPU-2", mebibytes: 100), SessionKit.Grant("GPU-0", mebibytes: 200));
        await bench.Run(granted);
        var log = bench.Data.Log(granted.Attempt);
        Assert.Contains("CUDA_VISIBLE_DEVICES=GPU-2,GPU-0\n", log, StringComparison.Ordinal);
        Assert.Contains("NVIDIA_VISIBLE_DEVICES=GPU-2,GPU-0\n", log, StringComparison.Ordinal);
        Assert.Contains("CUDA_DEVICE_ORDER=PCI_BUS_ID\n", log, StringComparison.Ordinal);
        Assert.Contains("LEPTON_DEVICES=GPU-2,GPU-0\n", log, StringComparison.Ordinal);
        Assert.Contains($"LEPTON_DEVICE_MEMORY_BYTES={100L << 20},{200L << 20}\n", log, StringComparison.Ordinal);
        Assert.Contains("LEPTON_DEVICE_SHARES=1,1\n", log, StringComparison.Ordinal);

        var plain = Sleeping(bench, "env | sort");
        await bench.Run(plain);
        Assert.Contains("CUDA_VISIBLE_DEVICES=\n", bench.Data.Log(plain.Attempt), StringComparison.Ordinal);
        Assert.Contains("NVIDIA_VISIBLE_DEVICES=void\n", bench.Data.Log(plain.Attempt), StringComparison.Ordinal);
        Assert.DoesNotContain("LEPTON_DEVICES", bench.Data.Log(plain.Attempt), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(24, 0)]
    [InlineData(32, 0)]
    [InlineData(24, 1)]
    public async Task Who_takes_more_device_memory_than_granted_is_killed_and_told_both_figures_while_its_neighbour_goes_on(int stride, int old)
    {
        await using var kit = await SessionKit.Begun($"[system]\nproc_stride = {stride}\nold = {old}\n" + FakeDriver.Gpus(1));
        await using var bench = new Bench(devices: kit.Session);
        var greedy = Sleeping(bench, "sleep 600", SessionKit.Grant("GPU-0", 500, 1000));
        var modest = Sleeping(bench, "sleep 600", SessionKit.Grant("GPU-0", 500, 1000));
        bench.Host.Start(greedy);
        bench.Host.Start(modest);
        var (first, second) = (await Shim(bench, greedy), await Shim(bench, modest));
        kit.Driver.Order($"proc 0 {second} 1000");
        kit.Driver.Order($"proc 0 {first} 3000");

        await Within.So(() => ProcStat.Read(first) is not { IsLiving: true }, "the greedy task is killed");
        await AfterSomeSweeps(kit);
        Assert.False(bench.Reports.IsEnded(greedy.Attempt), "the end was told while the device still listed the process");
        kit.Driver.Order($"noproc 0 {first}");
        var end = await bench.Reports.HasEnded(greedy.Attempt);

        Assert.Equal(AttemptEndCause.OutOfMemory, end.Cause);
        Assert.Contains("1000 MiB of device memory were granted, 3000 MiB used", end.Message, StringComparison.Ordinal);
        Assert.Equal(3000L << 20, end.Usage!.PeakMemoryBytes);
        Assert.False(bench.Reports.IsEnded(modest.Attempt));
        Assert.True(ProcStat.Read(second) is { IsLiving: true });
        kit.Driver.Order($"noproc 0 {second}");
    }

    [Fact]
    public async Task A_client_of_an_MPS_server_is_watched_like_any_process()
    {
        await using var kit = await SessionKit.Begun(FakeDriver.Gpus(1));
        await using var bench = new Bench(devices: kit.Session);
        var greedy = Sleeping(bench, "sleep 600", SessionKit.Grant("GPU-0", 500, 1000));
        bench.Host.Start(greedy);
        var shim = await Shim(bench, greedy);
        kit.Driver.Order($"mpsproc 0 {shim} 1500");
        await Within.So(() => ProcStat.Read(shim) is not { IsLiving: true }, "the greedy task is killed");
        kit.Driver.Order($"noproc 0 {shim}");
        var end = await bench.Reports.HasEnded(greedy.Attempt);
        Assert.Equal(AttemptEndCause.OutOfMemory, end.Cause);
        Assert.Contains("1000 MiB of device memory were granted, 1500 MiB used", end.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_instance_is_shown_metered_and_given_back_by_itself()
    {
        await using var kit = await SessionKit.Begun("[gpu0]\nuuid = GPU-m\nmig_mode = 1\nmig = MIG-1,1,0,20096\nmig = MIG-2,2,0,20096\n");
        await using var bench = new Bench(devices: kit.Session);
        var assignment = Sleeping(bench, "echo $CUDA_VISIBLE_DEVICES; while [ ! -e go ]; do sleep 0.05; done", SessionKit.Grant("MIG-2", mebibytes: 20_096));
        bench.Host.Start(assignment);
        var shim = await Shim(bench, assignment);
        kit.Driver.Order($"migproc 0 1 {shim} 700");
        await Within.So(() => kit.Session.Holds.All.Any(h => h.Meter.SoFar().PeakMemoryBytes == 700L << 20), "its memory is seen");
        await File.WriteAllTextAsync(bench.InTask(assignment.Attempt, "work/go"), "", TestContext.Current.CancellationToken);
        await Within.So(() => ProcStat.Read(shim) is not { IsLiving: true }, "the process ends");
        await AfterSomeSweeps(kit);
        Assert.False(bench.Reports.IsEnded(assignment.Attempt), "the end was told while the instance still listed the process");
        kit.Driver.Order($"noproc 0 {shim}");
        var end = await bench.Reports.HasEnded(assignment.Attempt);
        Assert.Equal((AttemptEndCause.Completed, 700L << 20), (end.Cause, end.Usage!.PeakMemoryBytes!.Value));
        Assert.StartsWith("MIG-2\n", bench.Data.Log(assignment.Attempt), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Does_not_start_where_a_former_process_is_still_listed()
    {
        await using var kit = await SessionKit.Begun(FakeDriver.Gpus(2));
        await using var bench = new Bench(devices: kit.Session);
        kit.Driver.Order("proc 1 2000000001 100");
        var assignment = Sleeping(bench, "true", SessionKit.Grant("GPU-1"));
        var end = await bench.Run(assignment);
        Assert.Equal(AttemptEndCause.NotStarted, end.Cause);
        Assert.Contains("device GPU-1 still lists process 2000000001 of a former attempt", end.Message, StringComparison.Ordinal);
        Assert.Null(end.StartedAt);
        Assert.Equal("GPU-1", (await kit.News.Signal(s => s.Kind == DeviceSignalKind.NoAnswer, "the node is told that the device is not to be trusted")).Uuid);

        kit.Driver.Order("noproc 1 2000000001");
        Assert.Equal(AttemptEndCause.Completed, (await bench.Run(Sleeping(bench, "true", SessionKit.Grant("GPU-1")))).Cause);
    }

    [Fact]
    public async Task Meters_time_energy_use_and_memory_of_its_part()
    {
        await using var kit = await SessionKit.Begun("[gpu0]\nuuid = GPU-a\nutil = 50\npower_mw = 400000\n[gpu1]\nuuid = GPU-b\n");
        await using var bench = new Bench(devices: kit.Session);
        var assignment = Sleeping(bench, "while [ ! -e go ]; do sleep 0.05; done", SessionKit.Grant("GPU-a", 250, 20_000));
        bench.Host.Start(assignment);
        var shim = await Shim(bench, assignment);
        kit.Driver.Order($"proc 0 {shim} 700");
        await Within.So(() => kit.Session.Holds.All.Any(h => h.Meter.SoFar() is { PeakMemoryBytes: 700L << 20, BusySeconds: > 0.05 }), "use is seen");
        kit.Driver.Order("noproc 0 " + shim);
        await File.WriteAllTextAsync(bench.InTask(assignment.Attempt, "work/go"), "", TestContext.Current.CancellationToken);
        var end = await bench.Reports.HasEnded(assignment.Attempt);

        var usage = end.Usage!;
        Assert.Equal((end.EndedAt - end.StartedAt!.Value).TotalSeconds * 0.25, usage.DeviceSeconds, 3);
        Assert.Equal((700L << 20, 0.0, false), (usage.PeakMemoryBytes!.Value, usage.IdleSeconds!.Value, usage.Emulated));
        // 400 W by a quarter of the time metered, at half use: 800 J for each busy second.
        Assert.Equal(800, usage.Joules!.Value / usage.BusySeconds!.Value, 3);
        Assert.Empty(kit.Session.Holds.All);
    }

    [Fact]
    public async Task The_next_agent_goes_on_watching_and_metering_what_it_adopts()
    {
        await using var kit = await SessionKit.Begun("[gpu0]\nuuid = GPU-a\nutil = 100\n");
        await using var bench = new Bench(devices: kit.Session);
        var assignment = Sleeping(bench, "sleep 600", SessionKit.Grant("GPU-a", 500, 1000));
        bench.Host.Start(assignment);
        var shim = await Shim(bench, assignment);
        await Within.So(() => kit.Session.Holds.All.Any(h => h.Meter.SoFar().BusySeconds > 0.05), "use is seen");
        var first = kit.Session.Holds.All.Single();
        first.Save();
        var before = first.Meter.SoFar().BusySeconds;
        await kit.Session.DisposeAsync();       // a dead agent watches nothing: it would kill the task first, and the next find it gone
        await using var next = new Agent.Devices.DeviceSession(SessionKit.Settings(kit.Driver), bench.Clock, Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance);
        await next.Open();
        next.Begin(kit.News, SessionKit.Bare);
        var second = new Reports();
        var host = new AttemptHost(bench.Tools with { Devices = next }, second);

        await host.Recover((_, _, _) => { });
        await Within.So(() => next.Holds.All.Any(h => h.Meter.SoFar().BusySeconds > before), "metering goes on from where it was");
        kit.Driver.Order($"proc 0 {shim} 1001");
        await Within.So(() => ProcStat.Read(shim) is not { IsLiving: true }, "the adopted task is killed for its memory");
        kit.Driver.Order($"noproc 0 {shim}");
        Assert.Contains("1001 MiB used", (await second.HasEnded(assignment.Attempt)).Message, StringComparison.Ordinal);
        await host.Drained();
    }

    [Fact]
    public async Task The_variables_of_its_devices_are_the_agents_alone()
    {
        await using var bench = new Bench();
        var assignment = bench.Assignment(["true"], t => t with { Env = t.Env.Add("CUDA_VISIBLE_DEVICES", "0") });
        Assert.Contains("'CUDA_VISIBLE_DEVICES' is set by the agent", (await bench.Run(assignment)).Message, StringComparison.Ordinal);
    }

    private static Assignment Sleeping(Bench bench, string script, params DeviceGrant[] grants) =>
        bench.Assignment(["sh", "-c", script]) with { Devices = [.. grants] };

    private static async Task<int> Shim(Bench bench, Assignment assignment)
    {
        await bench.Reports.HasStarted(assignment.Attempt);
        await Within.Line(bench.InTask(assignment.Attempt, "pid"));
        return ProcessIdentity.Read(bench.InTask(assignment.Attempt, "pid"))!.Value.Pid;
    }

    private static async Task AfterSomeSweeps(SessionKit kit)
    {
        var from = kit.Session.Latest!.At;
        await Within.So(() => kit.Session.Latest!.At - from > TimeSpan.FromMilliseconds(300), "some sweeps pass");
    }
}
