using System.Diagnostics;
using Lepton.Cuda;
using Lepton.Linux;

namespace Lepton.Cli.Doctor;

/// <summary>The machine that this program runs on.</summary>
internal sealed class ThisMachine(Func<string, string?> environment, TimeProvider time) : IMachine
{
    private const int SyncedWrites = 20;
    private const int BytesOfWrite = 4096;

    public DateTimeOffset Now => time.GetUtcNow();

    public Version Runtime => Environment.Version;

    public string? Read(string path) => Try(() => System.IO.File.ReadAllText(path));

    public byte[]? ReadStart(string path, int bytes) => Try(() =>
    {
        // Others may have it open, and take locks on it: it is only looked at.
        using var file = new FileStream(path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite | FileShare.Delete });
        var start = new byte[bytes];
        return start[..file.ReadAtLeast(start, bytes, throwOnEndOfStream: false)];
    });

    public bool Exists(string path) => System.IO.File.Exists(path) || Directory.Exists(path);

    public IReadOnlyList<string> Folders(string path) => Try(() => Directory.GetDirectories(path)) ?? [];

    public string? Find(string program) => Programs.Find(program, environment("PATH"));

    public long? FreeBytes(string folder) => Try(() => new DriveInfo(Existing(folder)).AvailableFreeSpace as long?);

    public SyncTimes Sync(string folder)
    {
        var path = Path.Combine(Existing(folder), $".lepton-doctor-{Environment.ProcessId}");
        try
        {
            var times = new List<TimeSpan>();
            using var file = new FileStream(path, new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, Options = FileOptions.DeleteOnClose });
            for (var i = 0; i < SyncedWrites; i++)
            {
                var started = Stopwatch.GetTimestamp();
                file.Write(new byte[BytesOfWrite]);
                file.Flush(flushToDisk: true);
                times.Add(Stopwatch.GetElapsedTime(started));
            }

            times.Sort();
            return new SyncTimes(times[SyncedWrites / 2], times[^1]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new SyncTimes(TimeSpan.Zero, TimeSpan.Zero, e.Message);
        }
    }

    public bool IsFree(int port) => Ports.IsFree(port);

    public Holder? HolderOfPort(int port) => Ports.HolderOf(port);

    public Holder? HolderOfStore(string path) => StoreHolders.Of(path);

    public DriverLook Devices(string? library)
    {
        var opened = DeviceLayer.OpenAsync(new DeviceOptions { LibraryPath = library }, time, CancellationToken.None).GetAwaiter().GetResult();
        if (!opened.Ok) return new DriverLook(null, [], opened.Error);
        using var layer = opened.Value;
        var listed = layer.Probe.EnumerateAsync(CancellationToken.None).GetAwaiter().GetResult();
        if (!listed.Ok) return new DriverLook(null, [], listed.Error);
        var samples = new DeviceSample[layer.Sampler.Count];
        var swept = layer.Sampler.Sweep(samples);
        return swept.State == SweepState.Completed
            ? new DriverLook(listed.Value, [.. samples.AsSpan(0, swept.Count)], null)
            : new DriverLook(listed.Value, [], new ProbeError(ProbeFailure.Hung, null, "reading the devices", $"No answer within {swept.Took.TotalSeconds:0.#} s."));
    }

    private static string Existing(string folder)
    {
        var at = Path.GetFullPath(folder);
        while (!Directory.Exists(at) && Path.GetDirectoryName(at) is { } above) at = above;
        return at;
    }

    private static T? Try<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return default;
        }
    }
}
