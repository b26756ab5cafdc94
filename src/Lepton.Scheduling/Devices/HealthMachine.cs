using Lepton.Model;

namespace Lepton.Scheduling.Devices;

/// <summary>The health of one device: health and signal in, new health out.</summary>
/// <remarks>
/// Healthy → Suspect | Draining | Lost → Recovering (found again under the same UUID) → Healthy (a context opened on it).
/// Suspect → Healthy by itself after a calm time of good readings. Draining and Lost leave only by being found again, and raise the epoch when entered.
/// </remarks>
public static class HealthMachine
{
    public static DeviceHealth Handle(DeviceHealth health, HealthSignal signal, HealthSettings settings)
    {
        var (verdict, reason) = HealthTable.Judge(signal, settings);
        if (verdict == HealthVerdict.Application)
        {
            health = Count(health, signal.At, settings);
            if (health.RecentCount < settings.Burst) return health;
            verdict = HealthVerdict.Suspect;
            reason = $"{settings.Burst} application faults within {settings.BurstWindow.TotalSeconds:0} s; the last: {reason}";
        }
        if (verdict != HealthVerdict.Ignore) health = health with { LastTrouble = signal.At };
        var next = Next(health, verdict, signal, settings);
        if (next == health.Phase) return health;
        return health with
        {
            Phase = next,
            Epoch = next is DevicePhase.Draining or DevicePhase.Lost ? health.Epoch + 1 : health.Epoch,
            Reason = next switch
            {
                DevicePhase.Healthy => null,
                DevicePhase.Recovering => "Found again; waits for its context check.",
                _ => reason,
            },
            Since = signal.At,
        };
    }

    private static DevicePhase Next(DeviceHealth health, HealthVerdict verdict, HealthSignal signal, HealthSettings settings) => (health.Phase, verdict) switch
    {
        (_, HealthVerdict.Lost) => DevicePhase.Lost,
        (DevicePhase.Lost, HealthVerdict.Drain or HealthVerdict.Suspect) => DevicePhase.Lost,
        (_, HealthVerdict.Drain) => DevicePhase.Draining,
        (DevicePhase.Healthy, HealthVerdict.Suspect) => DevicePhase.Suspect,
        (_, HealthVerdict.Suspect) => health.Phase,
        _ => signal switch
        {
            HealthSignal.FoundAgain when health.Phase is DevicePhase.Lost or DevicePhase.Draining => DevicePhase.Recovering,
            HealthSignal.ContextChecked { Ok: true } when health.Phase is DevicePhase.Recovering => DevicePhase.Healthy,
            HealthSignal.Read when health.Phase is DevicePhase.Suspect && signal.At - health.LastTrouble >= settings.Calm => DevicePhase.Healthy,
            _ => health.Phase,
        },
    };

    private static DeviceHealth Count(DeviceHealth health, DateTimeOffset at, HealthSettings settings)
    {
        var (recent, count) = (health.Recent.Enqueue(at), health.RecentCount + 1);
        while (count > settings.Burst || recent.Peek() <= at - settings.BurstWindow)
            (recent, count) = (recent.Dequeue(), count - 1);
        return health with { ApplicationFaults = health.ApplicationFaults + 1, Recent = recent, RecentCount = count };
    }
}
