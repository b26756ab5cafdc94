namespace Lepton.Cli;

/// <summary>The command line or the spec is wrong: exit code 2, the message, and what to do.</summary>
internal sealed class UsageException(string message, string? hint = null) : Exception(message)
{
    public string? Hint => hint;
}
