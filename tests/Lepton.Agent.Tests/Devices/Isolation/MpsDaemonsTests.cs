using System.Collections.Immutable;
using Lepton.Agent.Devices.Isolation;

namespace Lepton.Agent.Tests.Devices.Isolation;

public sealed class MpsDaemonsTests
{
    [Fact]
    public async Task Knows_a_daemon_that_runs_for_its_tenant_and_its_GPU_only_and_forgets_it_when_it_ends()
    {
        var folder = Directory.CreateTempSubdirectory("lepton-mps-").FullName;
        var pipes = Directory.CreateDirectory(Path.Combine(folder, "GPU-a")).FullName;
        // A program of the daemon's name: the kernel goes by the name of the file.
        var program = Path.Combine(folder, "nvidia-cuda-mps-control");
        File.Copy("/bin/sleep", program);
        using var daemon = System.Diagnostics.Process.Start(program, "600");
        try
        {
            await File.WriteAllTextAsync(Path.Combine(pipes, "nvidia-cuda-mps-control.pid"), $"{daemon.Id}\n", TestContext.Current.CancellationToken);
            var daemons = new MpsDaemons(ImmutableSortedDictionary<string, string>.Empty.Add("vision", folder));
            await Kit.Within.So(() => daemons.PipeFolder("vision", "GPU-a") == pipes, "the daemon is found");
            Assert.True(daemons.Serves("GPU-a"));
            Assert.Null(daemons.PipeFolder("speech", "GPU-a"));
            Assert.False(daemons.Serves("GPU-b"));
        }
        finally
        {
            daemon.Kill();
            await daemon.WaitForExitAsync(TestContext.Current.CancellationToken);
        }

        Assert.False(new MpsDaemons(ImmutableSortedDictionary<string, string>.Empty.Add("vision", folder)).Serves("GPU-a"));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void Knows_no_daemon_that_does_not_run_and_none_for_another_tenant()
    {
        var folder = Directory.CreateTempSubdirectory("lepton-mps-").FullName;
        var pipes = Directory.CreateDirectory(Path.Combine(folder, "GPU-a")).FullName;
        var daemons = new MpsDaemons(ImmutableSortedDictionary<string, string>.Empty.Add("vision", folder));
        Assert.True(daemons.IsConfigured);
        Assert.Null(daemons.PipeFolder("vision", "GPU-a"));
        // A number that is ours, so it runs: but it is no MPS daemon.
        File.WriteAllText(Path.Combine(pipes, "nvidia-cuda-mps-control.pid"), $"{Environment.ProcessId}\n");
        Assert.Null(daemons.PipeFolder("vision", "GPU-a"));
        Assert.Null(daemons.PipeFolder("speech", "GPU-a"));
        Assert.False(daemons.Serves("GPU-a"));
        Directory.Delete(folder, recursive: true);
    }
}
