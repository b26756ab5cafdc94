using System.Formats.Tar;
using Lepton.Agent.Containers;
using Lepton.Agent.Processes;
using Lepton.Agent.Tests.Kit;
using Lepton.Model;

namespace Lepton.Agent.Tests.Containers;

/// <summary>The same over a real engine, where one can run a container: the image is made from a static busybox of this machine.</summary>
public sealed class RealPodmanTests
{
    private const string Image = "localhost/lepton-test-busybox:1";

    [Fact]
    public async Task A_real_engine_runs_stops_and_removes_containers()
    {
        var folder = Directory.CreateTempSubdirectory("lepton-podman-").FullName;
        try
        {
            var podman = await PodmanOrSkip(folder);
            await using var bench = new Bench(containers: state => new ContainerEngine(EngineKind.Podman, podman.Program, state, podman.HasInit));
            TaskTemplate InImage(TaskTemplate t) => t with { Image = Image, Outputs = ["m"], Demand = new Demand(new Capacity(500, 64 << 20)) };

            var plain = bench.Assignment(["/bin/sh", "-c", "ls /; echo $LEPTON_TASK_ID; echo kept >$LEPTON_OUTPUT_DIR/m; exit 0"], InImage);
            var end = await bench.Run(plain);
            Assert.True(end.Cause == AttemptEndCause.Completed, end.Message);
            Assert.Equal("m", Assert.Single(end.Artifacts).Name);
            Assert.Contains("only-in-the-image", bench.Data.Log(plain.Attempt), StringComparison.Ordinal);

            Assert.Equal(9, (await bench.Run(bench.Assignment(["/bin/sh", "-c", "exit 9"], t => InImage(t) with { Outputs = [] }))).ExitCode);

            var greedy = await bench.Run(bench.Assignment(["/bin/dd", "if=/dev/zero", "of=/dev/null", "bs=256M", "count=1"], t => InImage(t) with { Outputs = [] }));
            Assert.Equal((AttemptEndCause.OutOfMemory, 137), (greedy.Cause, greedy.ExitCode));

            var stopped = bench.Assignment(["/bin/sh", "-c", "trap 'exit 7' TERM; echo up >up; while :; do sleep 1; done"], InImage);
            bench.Host.Start(stopped);
            await Within.Line(bench.InTask(stopped.Attempt, "work/up"));
            bench.Host.Stop(stopped.Attempt, AttemptEndCause.Preempted, TimeSpan.FromSeconds(30));
            Assert.Equal(7, (await bench.Reports.HasEnded(stopped.Attempt)).ExitCode);

            var stubborn = bench.Assignment(["/bin/sh", "-c", "trap : TERM; echo up >up; while :; do sleep 1; done"], InImage);
            bench.Host.Start(stubborn);
            await Within.Line(bench.InTask(stubborn.Attempt, "work/up"));
            bench.Host.Stop(stubborn.Attempt, AttemptEndCause.Cancelled, TimeSpan.FromMilliseconds(300));
            await bench.Reports.HasEnded(stubborn.Attempt);

            var left = await EngineCall.Run(podman.Program, ["ps", "--all", "--filter", $"label=lepton.state={bench.Folder}", "--format", "{{.Names}}"], TimeSpan.FromSeconds(30), CancellationToken.None);
            Assert.Equal("", left.Output.Trim());
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<(string Program, bool HasInit)> PodmanOrSkip(string folder)
    {
        var cancel = TestContext.Current.CancellationToken;
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(f => Path.Combine(f, "podman")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "No podman is on this machine.");
        var busybox = new[] { "/usr/bin/busybox", "/bin/busybox" }.FirstOrDefault(File.Exists);
        Assert.SkipWhen(busybox is null, "No busybox is on this machine to make an image of.");
        var tar = Path.Combine(folder, "image.tar");
        await using (var writer = new TarWriter(File.Create(tar)))
        {
            await writer.WriteEntryAsync(busybox, "bin/busybox", cancel);
            foreach (var name in new[] { "sh", "ls", "sleep", "echo", "true", "dd" })
                await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/" + name) { LinkName = "busybox" }, cancel);
            foreach (var name in new[] { "proc", "dev", "etc", "tmp", "only-in-the-image" })
                await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, name), cancel);
        }
        var limit = TimeSpan.FromSeconds(60);
        var imported = await EngineCall.Run(program, ["import", tar, Image], limit, cancel);
        Assert.SkipUnless(imported.Ok, $"podman cannot import an image here: {imported.Why}");
        var tried = await EngineCall.Run(program, ["run", "--rm", "--network", "host", "--memory", "67108864b", "--cpus", "0.5", Image, "/bin/true"], limit, cancel);
        Assert.SkipUnless(tried.Ok, $"podman cannot run a container here: {tried.Why}");
        return (program, new[] { "/usr/libexec/podman/catatonit", "/usr/bin/catatonit" }.Any(File.Exists));
    }
}
