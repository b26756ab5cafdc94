using Orleans;

namespace Lepton.Model;

/// <summary>What the driver says must be done with a device before it can be trusted again. Numbers are the driver's.</summary>
[GenerateSerializer, Alias("RecoveryAction")]
public enum RecoveryAction
{
    None = 0,
    Reset = 1,
    Reboot = 2,
    DrainPeers = 3,
    DrainAndReset = 4,
    RecoverFabric = 5,
}
