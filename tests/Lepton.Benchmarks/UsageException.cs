namespace Lepton.Benchmarks;

/// <summary>What was asked cannot be done as it was asked: the message says what, where and what to do. The program ends with <see cref="ExitCode"/>.</summary>
internal sealed class UsageException(string message) : Exception(message)
{
    public const int ExitCode = 2;
}
