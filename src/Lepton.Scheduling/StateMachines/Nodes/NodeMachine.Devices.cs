using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.StateMachines.Nodes;

/// <content>Devices: what the agent says of them, and the grants of those that cannot be trusted any more.</content>
public sealed partial class NodeMachine
{
    private readonly DeviceBooks _devices = new(Devices.HealthSettings.Default with { Calm = settings.DeviceCalm });

    private void TakeDevices(AgentBeat beat, bool respecified, Moment now, Effects effects)
    {
        if (respecified) _devices.Respecify(beat.Spec.Devices, now.At);
        foreach (var signal in beat.Signals.OrEmpty())
        {
            if (signal.Number <= _row!.SignalsTaken) continue;
            _row = _row with { SignalsTaken = signal.Number };
            _devices.Take(signal);
        }

        foreach (var load in _loads) _devices.Take(load);
        if (!_devices.TakeChange()) return;
        _news.DevicesChanged();
        effects.Save();
        foreach (var live in _grants.Values)
        {
            if (live.End is null && _devices.FencedBy(live.Grant) is { } device) Fence(live, device, now, effects);
        }
    }

    /// <summary>
    /// A draining device lets its tasks go with their grace, a lost one at once; what the attempt holds of it is free when its process is gone.
    /// Attempts on other devices go on.
    /// </summary>
    private void Fence(LiveGrant live, DeviceBook device, Moment now, Effects effects)
    {
        var why = $"Device {device.Uuid} of {node} is {device.Health.Phase}: {device.Health.Reason}";
        live.StopWhy ??= why;
        live.StuckAfter ??= now.At + settings.NodeLease + live.Grant.Grace;
        AskToStop(live, AttemptEndCause.DeviceFault, device.Health.Phase == DevicePhase.Lost, effects);
        if (live.NeverHandedOut) End(live, AttemptEnd.Bare(AttemptEndCause.NotStarted, $"{why} Attempt {live.Grant.Attempt} had not begun.", now.At), effects);
    }

    /// <summary>
    /// A process that a dead device keeps from dying must not keep its task from going on elsewhere: the task is told, the grant stays until the
    /// agent lists it no more.
    /// </summary>
    private void EndIfStuck(LiveGrant live, Moment now, Effects effects)
    {
        if (live is not { End: null, Grant.StopAsked: AttemptEndCause.DeviceFault, StuckAfter: { } limit } || now.At < limit) return;
        live.HoldsOn = true;
        End(live, AttemptEnd.Bare(AttemptEndCause.DeviceFault, $"{live.StopWhy} Its process on {node} cannot be ended.", now.At), effects);
    }

    /// <summary>The end as the agent tells it, with why it was stopped and what its devices cost.</summary>
    private static AttemptEnd Told(LiveGrant live, AttemptEnd end)
    {
        // A program whose device went from under it often fails by itself before it is stopped.
        if (live.Grant.StopAsked == AttemptEndCause.DeviceFault && end.Cause == AttemptEndCause.ExitNonZero) end = end with { Cause = AttemptEndCause.DeviceFault };
        if (end.Cause is AttemptEndCause.DeviceFault or AttemptEndCause.Preempted && live.StopWhy is { } why) end = end with { Message = end.Message.Length == 0 ? why : $"{why} {end.Message}" };
        if (end.Usage is not null || live.Grant.Devices.IsDefaultOrEmpty || end.StartedAt is not { } started || end.EndedAt < started) return end;
        var (seconds, parts) = ((end.EndedAt - started).TotalSeconds, 0);
        foreach (var grant in live.Grant.Devices) parts += grant.ShareMilli;
        return end with { Usage = new AttemptUsage(seconds * parts / DeviceAsk.Whole, null, null, false) };
    }
}
