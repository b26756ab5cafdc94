using ManagedCuda;
using ManagedCuda.BasicTypes;

namespace Lepton.Cuda.Managed.Tests;

/// <summary>The adapter over a fake of ManagedCuda: how it judges answers, and nothing about the package or a GPU.</summary>
public sealed class ManagedCudaProbeTests : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);
    private static readonly Guid s_first = Guid.Parse("01234567-89ab-cdef-0123-456789abcdef");
    private static readonly Guid s_second = Guid.Parse("fedcba98-7654-3210-fedc-ba9876543210");

    public void Dispose() => (FakeCuda.Devices, FakeCuda.Before, FakeCuda.DriverVersion) = ([], static _ => null, 12080);

    [Fact]
    public async Task Lists_what_CUDA_tells_and_leaves_open_what_it_does_not()
    {
        FakeCuda.Devices =
        [
            new FakeDevice(s_first, "NVIDIA H100 80GB HBM3", 85_000_000_000, 9, 0, "0000:10:00.0"),
            new FakeDevice(s_second, "NVIDIA L4", 23_000_000_000, 8, 9),
        ];
        var inventory = await Inventory();

        Assert.Equal((ProbeKind.ManagedCuda, false, (string?)null, new Version(12, 8)), (inventory.Kind, inventory.Emulated, inventory.DriverVersion, inventory.CudaVersion));
        Assert.Equal(
            [
                new DeviceFingerprint(
                    "GPU-01234567-89ab-cdef-0123-456789abcdef", "NVIDIA H100 80GB HBM3", 0, "0000:10:00.0", null, new Version(9, 0), 85_000_000_000, null,
                    MigMode: false, Placeable: true, null, null, null, null, Emulated: false),
                new DeviceFingerprint(
                    "GPU-fedcba98-7654-3210-fedc-ba9876543210", "NVIDIA L4", 1, null, null, new Version(8, 9), 23_000_000_000, null,
                    MigMode: false, Placeable: true, null, null, null, null, Emulated: false),
            ],
            inventory.Devices);
        Assert.Empty(inventory.Links);
        Assert.Empty(inventory.Unreadable);
    }

    [Fact]
    public async Task Names_a_MIG_instance_and_the_GPU_it_is_a_part_of()
    {
        FakeCuda.Devices = [new FakeDevice(s_first, "NVIDIA A100-SXM4-40GB MIG 3g.20gb", 20_000_000_000, 8, 0, Instance: s_second)];
        var device = Assert.Single((await Inventory()).Devices);

        Assert.Equal(("MIG-fedcba98-7654-3210-fedc-ba9876543210", "GPU-01234567-89ab-cdef-0123-456789abcdef"), (device.Uuid, device.ParentUuid));
    }

    [Fact]
    public async Task A_device_that_cannot_be_read_is_told_beside_those_that_can()
    {
        FakeCuda.Devices = [new FakeDevice(s_first, "", 0, 0, 0, Fails: CUResult.ErrorUnknown), new FakeDevice(s_second, "NVIDIA L4", 1, 8, 9)];
        var inventory = await Inventory();

        Assert.Equal(1, Assert.Single(inventory.Devices).Index);
        var (index, error) = Assert.Single(inventory.Unreadable);
        Assert.Equal((0, ProbeFailure.Other, "cuDeviceGetUuid(0)"), (index, error.Failure, error.Where));
        Assert.Contains("ErrorUnknown (999)", error.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_who_uses_a_device_to_nobody()
    {
        FakeCuda.Devices = [new FakeDevice(s_first, "NVIDIA L4", 1, 8, 9)];
        var answer = await (await Open()).ProcessesAsync("GPU-01234567-89ab-cdef-0123-456789abcdef", TestContext.Current.CancellationToken);

        Assert.Equal(ProbeFailure.NotSupported, answer.Error?.Failure);
        Assert.Contains("Maybe use the kind Nvml", answer.Error!.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CUResult.ErrorNoDevice, ProbeFailure.UnknownDevice)]
    [InlineData((CUResult)803, ProbeFailure.VersionMismatch)]
    [InlineData(CUResult.ErrorUnknown, ProbeFailure.Other)]
    public async Task Tells_why_CUDA_is_not_ready(CUResult answer, ProbeFailure failure)
    {
        FakeCuda.Before = call => call == "cuInit" ? answer : null;
        Assert.Equal((failure, "cuInit"), await Refusal());
    }

    [Fact]
    public async Task Reports_a_missing_library_and_a_missing_call_instead_of_throwing()
    {
        FakeCuda.Before = static _ => throw new TypeInitializationException("ManagedCuda.DriverAPINativeMethods", new DllNotFoundException("nvcuda"));
        Assert.Equal((ProbeFailure.LibraryNotFound, "cuInit"), await Refusal());
        FakeCuda.Before = static _ => throw new EntryPointNotFoundException("cuInit");
        Assert.Equal((ProbeFailure.LibraryUnusable, "cuInit"), await Refusal());
    }

    [Fact]
    public async Task A_call_that_hangs_is_reported_and_nothing_is_started_on_top()
    {
        FakeCuda.Devices = [new FakeDevice(s_first, "NVIDIA L4", 1, 8, 9)];
        using var release = new ManualResetEventSlim();
        var opened = await ManagedCudaProbe.OpenAsync(TimeSpan.FromMilliseconds(200), TestContext.Current.CancellationToken);
        var calls = 0;
        FakeCuda.Before = call =>
        {
            Interlocked.Increment(ref calls);
            release.Wait(s_patience);
            return null;
        };
        var cancel = TestContext.Current.CancellationToken;
        Assert.Equal(ProbeFailure.Hung, (await opened.Value!.EnumerateAsync(cancel)).Error?.Failure);
        Assert.Equal(ProbeFailure.Hung, (await opened.Value.EnumerateAsync(cancel)).Error?.Failure);
        Assert.Equal(1, Volatile.Read(ref calls));
        release.Set();
        var patient = await Open();
        Assert.Single((await patient.EnumerateAsync(cancel)).Value!.Devices);
    }

    [Fact]
    public void The_layer_of_the_agent_refuses_this_kind_and_says_where_it_is() =>
        Assert.Contains("Lepton.Cuda.Managed", Assert.Single(new DeviceOptions { Kind = ProbeKind.ManagedCuda }.Errors()), StringComparison.Ordinal);

    private static async Task<ManagedCudaProbe> Open()
    {
        var opened = await ManagedCudaProbe.OpenAsync(s_patience, TestContext.Current.CancellationToken);
        Assert.True(opened.Ok, opened.Error?.ToString());
        return opened.Value;
    }

    private static async Task<DeviceInventory> Inventory()
    {
        var listed = await (await Open()).EnumerateAsync(TestContext.Current.CancellationToken);
        Assert.True(listed.Ok, listed.Error?.ToString());
        return listed.Value;
    }

    private static async Task<(ProbeFailure? Failure, string? Where)> Refusal()
    {
        var opened = await ManagedCudaProbe.OpenAsync(s_patience, TestContext.Current.CancellationToken);
        return (opened.Error?.Failure, opened.Error?.Where);
    }
}
