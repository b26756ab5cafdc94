namespace Lepton.Regions;

/// <summary>A port that a region needs is another process's.</summary>
public sealed class PortInUseException(string message, Exception? inner = null) : Exception(message, inner);
