namespace Lepton.Simulation.Faults;

/// <summary>Everything that the simulator does to the world. Every kind is counted for each seed.</summary>
public enum FaultKind
{
    MessageLost,
    MessageDelayed,
    MessageDuplicated,
    MessageReordered,
    PartitionOneWay,
    PartitionTwoWay,
    LateReplyDropped,
    StaleReplay,
    SiloCrash,
    CrashBeforeWrite,
    CrashInWrite,
    CrashAfterWrite,
    CrashBeforeSend,
    SiloPaused,
    ActivationDropped,
    ActivationIdled,
    ZombieActivation,
    WriteConflict,
    WriteRefused,
    WriteUnknown,
    ReadRefused,
    SlowDisk,
    AgentCrash,
    AgentPaused,
    AgentLeft,
    MachineCrash,
    ProcessKilled,
    SigtermIgnored,
    ClockSkewed,
    NodeCordoned,
    NodeDrained,

    /// <summary>An error report that an application caused: it must end nothing.</summary>
    DeviceApplicationFault,

    /// <summary>A device must be emptied.</summary>
    DeviceDrained,

    /// <summary>A device is out of reach; what runs on it may fail by itself.</summary>
    DeviceLost,

    /// <summary>A call to the driver did not come back in time.</summary>
    DeviceHung,

    /// <summary>A drained or lost device works again.</summary>
    DeviceReturned,

    /// <summary>A device is lost when an agent starts, so that its driver does not list it.</summary>
    DeviceAway,
}
