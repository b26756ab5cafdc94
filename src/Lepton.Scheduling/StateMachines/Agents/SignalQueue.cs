using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.StateMachines.Agents;

/// <summary>
/// Signals that the node has not taken yet, oldest first. Bounded without silence: of one fault that repeats the newest are kept, which tell a burst as
/// well as all would; what must go beyond that is told as one blind moment, which puts every device in doubt.
/// </summary>
internal sealed class SignalQueue
{
    public const int Kept = 512;

    /// <summary>Kept of one fault of one device; more than the health policy needs to see a burst.</summary>
    public const int KeptOfOne = 32;

    private readonly List<DeviceSignal> _waiting = [];
    private long _number;

    public ImmutableArray<DeviceSignal> Waiting => [.. _waiting];

    public void Add(DeviceSignal signal)
    {
        var (same, oldest) = (0, -1);
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            if (IsSame(_waiting[i], signal)) (same, oldest) = (same + 1, i);
        }

        if (same >= KeptOfOne)
        {
            _waiting.RemoveAt(oldest);
        }
        else if (_waiting.Count >= Kept)
        {
            var toldBlind = _waiting.Exists(IsBlind);
            _waiting.RemoveAt(_waiting.FindIndex(s => !IsBlind(s)));
            if (!toldBlind)
            {
                _waiting.RemoveAt(0);
                Number(new DeviceSignal(0, DeviceSignalKind.Happened, null, signal.At)
                {
                    Event = new DeviceEvent(null, DeviceEventKind.Blind, 0, null, null, null, Emulated: false, signal.At),
                });
            }
        }

        Number(signal);
    }

    /// <summary>The node has taken them up to this number.</summary>
    public void Taken(long number)
    {
        var count = 0;
        while (count < _waiting.Count && _waiting[count].Number <= number) count++;
        _waiting.RemoveRange(0, count);
    }

    private void Number(DeviceSignal signal) => _waiting.Add(signal with { Number = ++_number });

    private static bool IsBlind(DeviceSignal signal) => signal.Event is { Kind: DeviceEventKind.Blind, Uuid: null };

    private static bool IsSame(DeviceSignal a, DeviceSignal b) =>
        (a.Kind, a.Uuid, a.Event?.Kind, a.Event?.Code, a.Event?.GpuInstance, a.Event?.ComputeInstance)
        == (b.Kind, b.Uuid, b.Event?.Kind, b.Event?.Code, b.Event?.GpuInstance, b.Event?.ComputeInstance);
}
