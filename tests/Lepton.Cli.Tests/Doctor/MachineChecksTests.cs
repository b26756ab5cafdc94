using Lepton.Cli.Doctor;

namespace Lepton.Cli.Tests.Doctor;

public sealed class MachineChecksTests
{
    private const string Home = "/home/u/lepton";

    private readonly FakeMachine _machine = new();

    [Fact]
    public void Finds_nothing_wrong_with_a_healthy_machine() =>
        Assert.All(MachineChecks.All(_machine, Home), f => Assert.Equal((Finding.IsOk, null), (f.Level, f.Do)));

    [Fact]
    public void Everything_that_is_wrong_comes_with_what_to_do()
    {
        _machine.Files.Clear();
        _machine.Programs.Clear();
        _machine.Free = 1;
        _machine.Times = new(TimeSpan.Zero, TimeSpan.Zero, "Permission denied");
        _machine.Now = DateTimeOffset.UnixEpoch;
        _machine.Runtime = new Version(8, 0);
        _machine.Look = FakeMachine.Without(Cuda.ProbeFailure.DriverNotLoaded);
        var found = MachineChecks.All(_machine, Home).ToList();
        Assert.All(found, f => Assert.NotEqual(Finding.IsOk, f.Level));
        Assert.All(found, f => Assert.False(string.IsNullOrEmpty(f.Do)));
        Assert.Equal(["runtime", "setsid", "sh", "cgroup", "open files", "processes", "inotify", "disk", "fsync", "clock", "gpu"], found.Select(f => f.Check));
    }

    [Theory]
    [InlineData("512", Finding.IsFailure)]
    [InlineData("1024", Finding.IsWarning)]
    [InlineData("65536", Finding.IsOk)]
    [InlineData("unlimited", Finding.IsOk)]
    [InlineData("many", Finding.IsWarning)]
    public void Judges_the_limit_of_open_files(string limit, string level)
    {
        _machine.Files["/proc/self/limits"] = FakeMachine.Limits(limit, "65536");
        Assert.Equal(level, MachineChecks.Limits(_machine).First().Level);
    }

    [Fact]
    public void Tells_cgroup_version_1_from_none()
    {
        _machine.Files.Remove("/sys/fs/cgroup/cgroup.controllers");
        Assert.Contains("none is mounted", MachineChecks.Cgroups(_machine).Message, StringComparison.Ordinal);
        _machine.Present.Add("/sys/fs/cgroup/memory");
        Assert.Contains("version 1 only", MachineChecks.Cgroups(_machine).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1L << 29, Finding.IsFailure)]
    [InlineData(5L << 30, Finding.IsWarning)]
    [InlineData(11L << 30, Finding.IsOk)]
    public void Judges_free_space(long free, string level)
    {
        _machine.Free = free;
        Assert.Equal(level, MachineChecks.Disk(_machine, Home).Level);
    }

    [Theory]
    [InlineData(5, Finding.IsOk)]
    [InlineData(20, Finding.IsWarning)]
    [InlineData(200, Finding.IsFailure)]
    public void Judges_how_long_a_synced_write_takes(int milliseconds, string level)
    {
        _machine.Times = new(TimeSpan.FromMilliseconds(milliseconds), TimeSpan.FromSeconds(1));
        var finding = MachineChecks.Sync(_machine, Home);
        Assert.Equal(level, finding.Level);
        Assert.Contains($"takes {milliseconds}.0 ms (worst 1000.0 ms)", finding.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Looks_at_a_real_machine_without_a_throw()
    {
        var real = new ThisMachine(Environment.GetEnvironmentVariable, TimeProvider.System);
        var folder = Directory.CreateTempSubdirectory("lepton-doctor-");
        var found = MachineChecks.All(real, Path.Combine(folder.FullName, "not", "there"), "/nowhere/libnvidia-ml.so.1").Concat(PortChecks.All(real)).Concat(StoreChecks.All(real, [folder.FullName])).ToList();
        Assert.Equal(Finding.IsOk, found.Single(f => f.Check == "runtime").Level);
        Assert.Contains("a synced write takes", found.Single(f => f.Check == "fsync").Message, StringComparison.Ordinal);
        Assert.Empty(folder.EnumerateFileSystemInfos());
        folder.Delete();
    }
}
