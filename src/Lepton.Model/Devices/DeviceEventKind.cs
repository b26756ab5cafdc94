using Orleans;

namespace Lepton.Model;

/// <summary>Kind of a thing that happened to a device.</summary>
[GenerateSerializer, Alias("DeviceEventKind")]
public enum DeviceEventKind
{
    /// <summary>An error report of the driver; its number is in <see cref="DeviceEvent.Code"/>.</summary>
    Xid,
    SingleBitEcc,
    DoubleBitEcc,
    MigChanged,
    RecoveryChanged,

    /// <summary>The driver no longer reaches the device.</summary>
    Lost,

    /// <summary>A lost device answers again; whether it may be used is for the health machine to say.</summary>
    Returned,

    /// <summary>Events could not be waited for: what happened meanwhile is unknown. The driver's return code is in <see cref="DeviceEvent.Code"/>.</summary>
    Blind,
}
