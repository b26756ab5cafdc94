using System.Collections.Immutable;
using Lepton.Agent.Devices.Isolation;

namespace Lepton.Agent.Tests.Devices.Isolation;

public sealed class MpsDaemonsTests
{
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
