namespace Lepton.Client;

/// <summary>Headers of the REST API beside the usual ones.</summary>
public static class LeptonHeaders
{
    public const string IdempotencyKey = "Idempotency-Key";

    /// <summary><c>true</c>: the key had been accepted before; this is the first answer again.</summary>
    public const string IdempotentReplayed = "Idempotent-Replayed";

    public const string LogTask = "Lepton-Task";
    public const string LogTaskState = "Lepton-Task-State";
    public const string LogAttempt = "Lepton-Log-Attempt";
    public const string LogNewestAttempt = "Lepton-Log-Newest-Attempt";
    public const string LogOffset = "Lepton-Log-Offset";
    public const string LogFirst = "Lepton-Log-First";
    public const string LogLength = "Lepton-Log-Length";
    public const string LogComplete = "Lepton-Log-Complete";
}
