namespace Lepton.Agent.Attempts;

/// <summary>The attempt cannot be started as it is asked for; the message is shown to the user.</summary>
internal sealed class PreparationException(string message, Exception? inner = null) : Exception(message, inner);
