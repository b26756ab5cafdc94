using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.StateMachines.Agents;

/// <content>Devices: what the agent learns about them travels with its beats; what becomes of it the node decides.</content>
public sealed partial class AgentMachine
{
    private readonly SignalQueue _signals = new();
    private ImmutableArray<DeviceLoad> _loads = [];

    /// <summary>Devices that are not healthy by the node's last word: lost and draining ones are to be looked for, recovering ones to be checked.</summary>
    public ImmutableArray<DeviceState> Troubled { get; private set; } = [];

    /// <summary>Something was learnt about a device: the node hears of it at once. The number is given here.</summary>
    public void Sensed(DeviceSignal signal, AgentEffects fx)
    {
        _signals.Add(signal);
        Hurry(fx);
    }

    /// <summary>A sweep has read the devices; it travels with the next beat.</summary>
    public void Swept(ImmutableArray<DeviceLoad> loads) => _loads = loads.OrEmpty();

    /// <summary>The machine has changed: a device came, went or was split up.</summary>
    public void Respecify(NodeSpec changed, AgentEffects fx)
    {
        if (_spec.Equals(changed)) return;
        _spec = changed;
        Hurry(fx);
    }

    private void TakeNews(LeaseReply lease)
    {
        _signals.Taken(lease.SignalsTaken);
        Troubled = lease.Troubled.OrEmpty();
    }
}
