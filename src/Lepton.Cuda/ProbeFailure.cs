namespace Lepton.Cuda;

/// <summary>Why devices cannot be told, or one question about them not answered.</summary>
public enum ProbeFailure
{
    LibraryNotFound,

    /// <summary>The library lacks a call that is needed, or another library is bound in this process already.</summary>
    LibraryUnusable,
    DriverNotLoaded,

    /// <summary>The driver was upgraded under the library: restart the agent, or reboot.</summary>
    VersionMismatch,
    NoPermission,
    DeviceLost,
    UnknownDevice,

    /// <summary>A call did not come back in time, or an earlier one still has not.</summary>
    Hung,
    NotSupported,
    Other,
}
