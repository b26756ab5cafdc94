using System.Runtime.InteropServices;
using Lepton.Model;

namespace Lepton.Cuda.Tests.Fakes;

/// <summary>One fake driver with its devices, from opening to closing, spoken with through the real binding.</summary>
internal sealed partial class FakeDriver : IDisposable
{
    /// <summary>For what must come and whose time does not matter.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly string _folder = Directory.CreateTempSubdirectory("lepton-fake-nvml-").FullName;
    private DeviceLayer? _layer;

    /// <param name="config">Null: no configuration, which the fake takes for a driver that is not loaded.</param>
    public FakeDriver(string? config)
    {
        Library = FakeLibraries.Nvml;
        var ini = Path.Combine(_folder, "devices.ini");
        if (config is not null) File.WriteAllText(ini, config);
        File.WriteAllText(Control, "");
        SetEnvironment("FAKE_NVML_CONFIG", config is null ? "" : ini);
        SetEnvironment("FAKE_NVML_CONTROL", Control);
    }

    public string Library { get; }

    public DeviceLayer Layer => _layer ?? throw new InvalidOperationException("Open first.");

    private string Control => Path.Combine(_folder, "control");

    public static string Gpus(int count) => string.Concat(Enumerable.Range(0, count).Select(i => $"[gpu{i}]\nuuid = GPU-{i}\n"));

    public void Order(string line) => File.AppendAllText(Control, line + "\n");

    public DeviceOptions Options(TimeSpan? callLimit = null) => new()
    {
        LibraryPath = Library,
        CallLimit = callLimit ?? Patience,
        EventSlice = TimeSpan.FromMilliseconds(20),
        FirstBackoff = TimeSpan.FromMilliseconds(5),
        LongestBackoff = TimeSpan.FromMilliseconds(20),
    };

    public async Task<ProbeResult<DeviceLayer>> TryOpen(TimeSpan? callLimit = null)
    {
        var opened = await DeviceLayer.OpenAsync(Options(callLimit), TimeProvider.System, TestContext.Current.CancellationToken);
        _layer = opened.Value;
        return opened;
    }

    /// <summary>Opens and enumerates; both must go well.</summary>
    public async Task<DeviceInventory> Open(TimeSpan? callLimit = null)
    {
        var opened = await TryOpen(callLimit);
        Assert.True(opened.Ok, opened.Error?.ToString());
        return await Enumerate();
    }

    public async Task<DeviceInventory> Enumerate()
    {
        var inventory = await Layer.Probe.EnumerateAsync(TestContext.Current.CancellationToken);
        Assert.True(inventory.Ok, inventory.Error?.ToString());
        return inventory.Value;
    }

    public DeviceSample[] Sweep()
    {
        var samples = new DeviceSample[Layer.Sampler.Count];
        var outcome = Layer.Sampler.Sweep(samples);
        Assert.Equal((SweepState.Completed, samples.Length), (outcome.State, outcome.Count));
        return samples;
    }

    /// <summary>The next event, which must be of this kind.</summary>
    public async Task<DeviceEvent> Next(DeviceEventKind kind)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Patience);
        try
        {
            var e = await Layer.Events.Events.ReadAsync(limit.Token);
            Assert.True(e.Kind == kind, $"Waited for {kind}, got {e}.");
            return e;
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"No event came within {Patience.TotalSeconds} s; waited for {kind}.");
            throw;
        }
    }

    public void Dispose()
    {
        _layer?.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>.NET keeps a copy of the environment; the fake reads the C library's.</summary>
    public static void SetEnvironment(string name, string value) => Assert.Equal(0, SetEnv(name, value, 1));

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
