namespace Lepton.Sample.Commands;

/// <summary>The caller asked for something this program cannot do: the message names the value and says what to do.</summary>
internal sealed class UsageException(string message) : Exception(message);
