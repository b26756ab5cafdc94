namespace Lepton.Cuda;

/// <summary>Where devices come from. Always configured, never fallen back to.</summary>
public enum ProbeKind
{
    Nvml,
    Emulated,
}
