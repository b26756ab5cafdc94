namespace Lepton.Cuda;

/// <summary>Where devices come from. Always configured, never fallen back to.</summary>
public enum ProbeKind
{
    Nvml,
    Emulated,

    /// <summary>Through ManagedCuda: a project of its own that is built on request, and no kind that <see cref="DeviceLayer"/> opens.</summary>
    ManagedCuda,
}
