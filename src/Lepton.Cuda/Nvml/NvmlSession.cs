namespace Lepton.Cuda.Nvml;

/// <summary>An open session with the driver: enumeration and processes. Every call runs on a thread of its own, within a limit.</summary>
internal sealed class NvmlSession : IDeviceProbe, IDisposable
{
    /// <summary>One for the process: while a call hangs in the driver, no other is started, by a new session neither.</summary>
    private static readonly CallLane Lane = new("lepton-nvml-calls");

    private readonly TimeSpan _limit;
    private volatile NvmlDevice[] _devices = [];
    private int _users;
    private volatile bool _closed;

    private NvmlSession(TimeSpan limit)
    {
        _limit = limit;
        Abilities = new NvmlAbilities();
    }

    public ProbeKind Kind => ProbeKind.Nvml;

    public NvmlAbilities Abilities { get; }

    /// <summary>Devices of the latest enumeration; replaced as a whole.</summary>
    public NvmlDevice[] Devices => _devices;

    public static Task<ProbeResult<NvmlSession>> OpenAsync(DeviceOptions options, CancellationToken cancel) =>
        Lane.RunAsync<NvmlSession>(
            "opening the driver's library",
            options.CallLimit,
            () =>
            {
                if (NvmlLibrary.Load(NvmlLibrary.Candidates(options.LibraryPath)) is { } error) return error;
                var code = NvmlCalls.Init();
                return code == NvmlReturn.Success ? new NvmlSession(options.CallLimit) : ProbeError.Of(code, "nvmlInit_v2");
            },
            late: _ => NvmlCalls.Shutdown(),
            cancel);

    /// <summary>Somebody is inside the library from now on, until <see cref="Leave"/>.</summary>
    public void Enter() => Interlocked.Increment(ref _users);

    public void Leave() => Interlocked.Decrement(ref _users);

    public Task<ProbeResult<DeviceInventory>> EnumerateAsync(CancellationToken cancel) =>
        Lane.RunAsync<DeviceInventory>(
            "enumerating devices",
            _limit,
            () =>
            {
                var found = NvmlEnumeration.Run(Abilities);
                if (!found.Ok) return found.Error;
                _devices = [.. found.Value.Devices];
                return found.Value.Inventory;
            },
            late: null,
            cancel);

    public Task<ProbeResult<DeviceProcesses>> ProcessesAsync(string uuid, CancellationToken cancel) =>
        Lane.RunAsync<DeviceProcesses>(
            $"processes of {uuid}",
            _limit,
            () => _closed ? ProbeError.Of(NvmlReturn.Uninitialized, $"processes of {uuid}")
                : Array.Find(_devices, d => d.Facts.Uuid == uuid) is { } device ? NvmlProcesses.Read(device, Abilities)
                : ProbeError.Of(NvmlReturn.NotFound, $"processes of {uuid}"),
            late: null,
            cancel);

    /// <summary>Ends the session, behind the call that runs now. While that hangs in the driver it is left open: a shutdown would hang too.</summary>
    public void Dispose()
    {
        if (_closed) return;
        _closed = true;
        if (Volatile.Read(ref _users) != 0) return;
        if (!Lane.Busy) _ = NvmlCalls.Shutdown();
        else _ = Lane.RunAsync<string>("closing the driver's library", _limit, static () => NvmlCalls.Shutdown().ToString(), late: null, CancellationToken.None);
    }
}
