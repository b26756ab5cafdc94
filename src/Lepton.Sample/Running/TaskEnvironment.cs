namespace Lepton.Sample.Running;

/// <summary>What the scheduler's agent tells a task through its environment; without an agent, everything is here and now.</summary>
internal sealed record TaskEnvironment(
    string TaskId, string Attempt, string OutputFolder, string? MetricsFile, string? CheckpointFolder, string? RestoreFolder)
{
    public static TaskEnvironment Read(Func<string, string?> variable) => new(
        Set(variable("LEPTON_TASK_ID")) ?? "(none)",
        Set(variable("LEPTON_ATTEMPT")) ?? "(none)",
        Set(variable("LEPTON_OUTPUT_DIR")) ?? Environment.CurrentDirectory,
        Set(variable("LEPTON_METRICS_FILE")),
        Set(variable("CHECKPOINT_DIR")),
        Set(variable("RESTORE_FROM")));

    /// <summary>A relative path is meant inside the folder of declared outputs.</summary>
    public string OutputPath(string path) => Path.GetFullPath(Path.Combine(OutputFolder, path));

    private static string? Set(string? value) => string.IsNullOrEmpty(value) ? null : value;
}
