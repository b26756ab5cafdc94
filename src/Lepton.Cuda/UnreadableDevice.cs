namespace Lepton.Cuda;

/// <summary>A device that the driver counts at this index but does not tell of.</summary>
public sealed record UnreadableDevice(int Index, ProbeError Error);
