using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Agent.Devices;

/// <summary>Who hears what is learnt of devices. Called from any thread.</summary>
internal interface IDeviceNews
{
    /// <summary>Told to the node with the next beats until it has taken it; the number is given by the receiver.</summary>
    void Learnt(DeviceSignal signal);

    /// <summary>The newest sweep.</summary>
    void Sampled(ImmutableArray<DeviceLoad> loads);

    /// <summary>The machine offers other devices than before.</summary>
    void Respecified(NodeSpec spec);
}
