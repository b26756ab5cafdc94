using Lepton.Cli.Doctor;
using Lepton.Cuda;
using Lepton.Cuda.Tests.Fakes;

namespace Lepton.Cli.Tests.Doctor;

/// <summary>What is said of this machine's GPUs: each failure by itself, and the real binding over the fake driver.</summary>
public sealed class DeviceChecksTests
{
    private readonly FakeMachine _machine = new();

    [Theory]
    [InlineData(ProbeFailure.LibraryNotFound, false, null, "ok", "no NVIDIA driver", null)]
    [InlineData(ProbeFailure.LibraryNotFound, true, null, "warn", "a driver (NVRM version: NVIDIA UNIX 570.1) without libnvidia-ml.so.1", "user-space library")]
    [InlineData(ProbeFailure.LibraryNotFound, true, "/x/lib.so", "fail", "/x/lib.so cannot be loaded", "--nvml-library")]
    [InlineData(ProbeFailure.DriverNotLoaded, false, null, "warn", "without a loaded driver", "modprobe nvidia")]
    [InlineData(ProbeFailure.VersionMismatch, true, null, "fail", "another version than the loaded driver (NVRM version: NVIDIA UNIX 570.1)", "restart its agent")]
    [InlineData(ProbeFailure.LibraryUnusable, true, null, "fail", "Something is wrong.", "from one package")]
    [InlineData(ProbeFailure.NoPermission, true, null, "warn", "Something is wrong.", "/dev/nvidia*")]
    [InlineData(ProbeFailure.Hung, true, null, "fail", "the driver hangs", "restart the machine")]
    [InlineData(ProbeFailure.Other, true, null, "fail", "Something is wrong.", "nvidia-smi and dmesg")]
    public void Says_why_the_driver_tells_nothing_and_what_to_do(ProbeFailure failure, bool driver, string? library, string level, string said, string? what)
    {
        _machine.Look = FakeMachine.Without(failure);
        if (driver) _machine.Files["/proc/driver/nvidia/version"] = "NVRM version: NVIDIA UNIX 570.1\nGCC";
        var finding = Assert.Single(DeviceChecks.All(_machine, library));
        Assert.Equal(level, finding.Level);
        Assert.Contains(said, finding.Message, StringComparison.Ordinal);
        if (what is null) Assert.Null(finding.Do);
        else Assert.Contains(what, finding.Do, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_driver_and_devices_through_the_agents_own_binding()
    {
        var finding = Assert.Single(Look(FakeDriver.Gpus(3)));
        Assert.Equal((Finding.IsOk, "driver 580.65.06, CUDA 13.0: 3 x NVIDIA H100 80GB HBM3"), (finding.Level, finding.Message));
    }

    [Theory]
    [InlineData("lost 1", "fail", "cannot be read")]
    [InlineData("recovery 1 2", "fail", "GPU-1: the driver asks for Reboot")]
    [InlineData("remap 1 3 1 0", "warn", "GPU-1: spare memory rows wait")]
    [InlineData("remap 1 3 0 1", "fail", "GPU-1: bad memory could not be replaced")]
    [InlineData("ecc 1 2", "warn", "GPU-1: 2 uncorrected memory errors")]
    [InlineData("reasons 1 64", "warn", "GPU-1: clocks are held down by heat or power (34 °C)")]
    public void Names_the_device_that_is_not_well_and_what_to_do(string order, string level, string said)
    {
        var finding = Assert.Single(Look(FakeDriver.Gpus(2), order), f => f.Level != Finding.IsOk);
        Assert.Equal(level, finding.Level);
        Assert.Contains(said, finding.Message, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(finding.Do));
    }

    [Fact]
    public void Names_a_split_device_without_parts() =>
        Assert.Contains(Look("[gpu0]\nuuid = GPU-m\nmig_mode = 1\n"), f => f.Level == Finding.IsWarning && f.Message.Contains("GPU-m is in MIG mode and has no instances", StringComparison.Ordinal));

    [Fact]
    public void Tells_a_driver_that_is_not_loaded_and_one_of_another_version()
    {
        Assert.Contains("without a loaded driver", Assert.Single(Look(null)).Message, StringComparison.Ordinal);
        Assert.Contains("of another version than the loaded driver", Assert.Single(Look("[system]\nmismatch = 1\n")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_command_takes_the_library_that_it_is_told()
    {
        using var driver = new FakeDriver(FakeDriver.Gpus(2));
        var run = await CliRun.Of(
            ["doctor", "--machine-only", "--home", Path.GetTempPath(), "--nvml-library", driver.Library], "", machine: new ThisMachine(Environment.GetEnvironmentVariable, TimeProvider.System));
        Assert.Contains("driver 580.65.06, CUDA 13.0: 2 x NVIDIA H100 80GB HBM3", run.Out, StringComparison.Ordinal);
    }

    private static List<Finding> Look(string? config, params string[] orders)
    {
        using var driver = new FakeDriver(config);
        foreach (var order in orders) driver.Order(order);
        return [.. DeviceChecks.All(new ThisMachine(Environment.GetEnvironmentVariable, TimeProvider.System), driver.Library)];
    }
}
