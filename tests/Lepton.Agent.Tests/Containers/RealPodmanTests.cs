using Lepton.Agent.Containers;
using Lepton.Agent.Processes;
using Lepton.Agent.Tests.Kit;
using Lepton.Model;
using Lepton.Tests.Shared;

namespace Lepton.Agent.Tests.Containers;

/// <summary>The same over a real engine, where one can run a container: the image is made from a static busybox of this machine.</summary>
public sealed class RealPodmanTests
{
    [Fact]
    public async Task A_real_engine_runs_stops_and_removes_containers()
    {
        var folder = Directory.CreateTempSubdirectory("lepton-podman-").FullName;
        try
        {
            var podman = await PodmanImage.MadeOrSkip(folder);
            await using var bench = new Bench(containers: state => new ContainerEngine(EngineKind.Podman, podman.Program, state, podman.HasInit));
            TaskTemplate InImage(TaskTemplate t) => t with { Image = PodmanImage.Name, Outputs = ["m"], Demand = new Demand(new Capacity(500, 64 << 20)) };

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
}
