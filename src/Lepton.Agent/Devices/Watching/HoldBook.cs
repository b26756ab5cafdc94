using System.Collections.Concurrent;
using System.Collections.Immutable;
using Lepton.Agent.Devices.Sources;
using Lepton.Cuda;
using Lepton.Model;
using Microsoft.Extensions.Logging;

namespace Lepton.Agent.Devices.Watching;

/// <summary>All holds on devices, and who is seen on them.</summary>
internal sealed class HoldBook(DriverSource driver, TimeProvider clock, ILogger log)
{
    private static readonly TimeSpan s_firstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan s_longestPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan s_patienceBeforeWarning = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<AttemptId, DeviceHold> _holds = [];

    public ProcessOwners Owners { get; } = new();

    public ICollection<DeviceHold> All => _holds.Values;

    public void Add(DeviceHold hold)
    {
        Owners.Follow(hold.Process, hold.Attempt);
        _holds[hold.Attempt] = hold;
        foreach (var device in hold.Devices.Where(d => d.Device.Emulated)) driver.Emulation?.Use(device.Device.Uuid, hold.Process.Pid, device.Grant.MemoryBytes);
    }

    /// <summary>Completes when no device of the hold lists a process of its attempt; the hold is in the book until then.</summary>
    /// <param name="stuck">Called once when that takes long.</param>
    public async Task Remove(DeviceHold hold, Action<string> stuck)
    {
        foreach (var device in hold.Devices.Where(d => d.Device.Emulated)) driver.Emulation?.Use(device.Device.Uuid, hold.Process.Pid, 0);
        foreach (var device in hold.Devices.Where(d => d.IsCuda))
        {
            var since = clock.GetTimestamp();
            var warned = false;
            for (var pause = s_firstPause; await Lists(device.Device.Uuid, hold); pause = pause * 2 < s_longestPause ? pause * 2 : s_longestPause)
            {
                if (!warned && clock.GetElapsedTime(since) > s_patienceBeforeWarning)
                {
                    warned = true;
                    DeviceEvents.StillListed(log, device.Device.Uuid, hold.Attempt);
                    stuck(device.Device.Uuid);
                }
                await Task.Delay(pause);
            }
        }
        _holds.TryRemove(hold.Attempt, out _);
        Owners.Unfollow(hold.Process);
    }

    /// <summary>In words who of a former attempt is still on a device; null: nobody.</summary>
    public async Task<string?> Former(string uuid, AttemptId attempt, CancellationToken cancel)
    {
        var listed = await driver.Processes(uuid, cancel);
        if (!listed.Ok) return SaysNothing(listed.Error) ? null : $"device {uuid} cannot be asked who uses it: {listed.Error.Text}";
        foreach (var process in listed.Value.Processes)
        {
            var owner = Owners.Of(process.Pid);
            if (owner.Attempt is null ? !owner.IsUnknownDead : owner.Attempt == attempt.ToString() || IsHeldBy(uuid, owner.Attempt)) continue;
            return $"device {uuid} still lists process {process.Pid} of {owner.Attempt ?? "a former attempt"}";
        }
        return null;
    }

    /// <summary>One look at every held device: what the processes of each hold have of its memory.</summary>
    /// <param name="wholeUsed">Memory in use of a whole device, by UUID: who alone has a device has all that is in use there.</param>
    public void Look(Func<string, long?> wholeUsed)
    {
        var byDevice = new Dictionary<string, ImmutableArray<DeviceProcess>>();
        var listed = new HashSet<int>();
        foreach (var uuid in _holds.Values.SelectMany(h => h.Devices).Where(d => d.IsCuda || d.Device.Emulated).Select(d => d.Device.Uuid).Distinct())
        {
            var processes = driver.Processes(uuid, CancellationToken.None).GetAwaiter().GetResult();
            if (!processes.Ok) continue;
            byDevice[uuid] = processes.Value.Processes;
            listed.UnionWith(processes.Value.Processes.Select(p => p.Pid));
        }
        foreach (var hold in _holds.Values) hold.Saw([.. hold.Devices.Select(d => Used(hold, d.Device.Uuid, d.Grant.IsWhole, byDevice, wholeUsed))]);
        Owners.Keep(listed);
    }

    private long? Used(DeviceHold hold, string uuid, bool whole, Dictionary<string, ImmutableArray<DeviceProcess>> byDevice, Func<string, long?> wholeUsed)
    {
        if (!byDevice.TryGetValue(uuid, out var processes)) return null;
        long? used = 0;
        var seen = false;
        foreach (var process in processes)
        {
            if (Owners.Of(process.Pid).Attempt != hold.Mark) continue;
            seen = true;
            used += process.UsedBytes;
        }
        return seen || !whole ? used : wholeUsed(uuid);
    }

    /// <summary>What cannot be asked right now may list it still; a device that is gone lists nobody.</summary>
    private async Task<bool> Lists(string uuid, DeviceHold hold)
    {
        var listed = await driver.Processes(uuid, CancellationToken.None);
        if (!listed.Ok) return listed.Error.Failure != ProbeFailure.DeviceLost && !SaysNothing(listed.Error);
        foreach (var process in listed.Value.Processes)
        {
            var owner = Owners.Of(process.Pid);
            if (owner.Attempt == hold.Mark || owner.IsUnknownDead) return true;
        }
        return false;
    }

    private bool IsHeldBy(string uuid, string attempt) => _holds.Values.Any(h => h.Mark == attempt && h.Devices.Any(d => d.Device.Uuid == uuid));

    private static bool SaysNothing(ProbeError error) => error.Failure is ProbeFailure.UnknownDevice or ProbeFailure.NotSupported or ProbeFailure.NoPermission;
}
