using System.Collections.Immutable;
using Lepton.Agent.Devices;
using Lepton.Agent.Devices.Sources;
using Lepton.Agent.Tests.Kit;
using Lepton.Cuda.Tests.Fakes;
using Lepton.Model;
using Microsoft.Extensions.Logging.Abstractions;

namespace Lepton.Agent.Tests.Devices;

/// <summary>A device session over the fake driver, quick enough for tests, and what it tells.</summary>
internal sealed class SessionKit : IAsyncDisposable
{
    public static readonly NodeSpec Bare = new(new Capacity(8_000, 8L << 30), [], ImmutableSortedDictionary<string, string>.Empty, "test");

    public SessionKit(string? config, DeviceSettings? settings = null)
    {
        Driver = new FakeDriver(config);
        Session = new DeviceSession(settings ?? Settings(Driver), new BootClock(), NullLogger.Instance);
    }

    public FakeDriver Driver { get; }

    public DeviceSession Session { get; }

    public News News { get; } = new();

    public static DeviceSettings Settings(FakeDriver driver) => new()
    {
        Devices = DevicesOption.Auto,
        NvmlLibrary = driver.Library,
        CudaLibrary = FakeLibraries.Cuda,
        SweepEvery = TimeSpan.FromMilliseconds(20),
        CallLimit = TimeSpan.FromSeconds(30),
        EventSlice = TimeSpan.FromMilliseconds(20),
        AskAgainAfter = TimeSpan.FromMilliseconds(50),
        ContextLimit = TimeSpan.FromSeconds(60),
        FormerLimit = TimeSpan.FromMilliseconds(200),
    };

    public static async Task<SessionKit> Begun(string? config)
    {
        var kit = new SessionKit(config);
        await kit.Begin();
        return kit;
    }

    public async Task Begin()
    {
        await Session.Open();
        Session.Begin(News, Bare);
    }

    public Task Swept(string what, Func<ImmutableArray<DeviceLoad>, bool> isSo) => Within.So(() => isSo(News.Loads), what);

    public static DeviceGrant Grant(string uuid, int share = DeviceAsk.Whole, long mebibytes = 80_000) => new(uuid, new Epoch(1), share, mebibytes << 20);

    public async ValueTask DisposeAsync()
    {
        await Session.DisposeAsync();
        Driver.Dispose();
    }
}
