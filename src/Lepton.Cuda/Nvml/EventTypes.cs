using Lepton.Model;

namespace Lepton.Cuda.Nvml;

/// <summary>Event bits of the driver.</summary>
internal static class EventTypes
{
    private const ulong SingleBitEcc = 0x1;
    private const ulong DoubleBitEcc = 0x2;
    private const ulong Xid = 0x8;
    private const ulong MigChange = 0x100;
    private const ulong Unavailable = 0x4000;
    private const ulong RecoveryChange = 0x8000;

    /// <summary>Asked for as far as the device supports them.</summary>
    public const ulong Wanted = SingleBitEcc | DoubleBitEcc | Xid | MigChange | Unavailable | RecoveryChange;

    /// <summary>A bit that was not asked for says that something is there which we do not know: blind rather than healthy.</summary>
    public static DeviceEventKind Kind(ulong type) => type switch
    {
        SingleBitEcc => DeviceEventKind.SingleBitEcc,
        DoubleBitEcc => DeviceEventKind.DoubleBitEcc,
        Xid => DeviceEventKind.Xid,
        MigChange => DeviceEventKind.MigChanged,
        Unavailable => DeviceEventKind.Lost,
        RecoveryChange => DeviceEventKind.RecoveryChanged,
        _ => DeviceEventKind.Blind,
    };
}
