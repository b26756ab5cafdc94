using System.Globalization;

namespace Lepton.Agent.Containers;

/// <summary>What the engine says of a container: <c>created</c> (it never ran), <c>running</c>, <c>exited</c>.</summary>
/// <param name="OomKilled">The kernel killed in it for lack of memory.</param>
internal sealed record ContainerState(string Status, int ExitCode, bool OomKilled)
{
    public const string Format = "{{.State.Status}} {{.State.ExitCode}} {{.State.OOMKilled}}";

    public bool NeverRan => Status is "created" or "configured" or "initialized";

    /// <summary>Its command ran and ended: the code is the command's own.</summary>
    public bool HasEnded => Status is "exited" or "stopped";

    public bool IsRunning => Status is "running" or "paused" or "stopping";

    public static ContainerState? Parse(string text) => text.Trim().Split(' ') is [var status, var code, var oom]
        && int.TryParse(code, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var exit)
        ? new ContainerState(status, exit, oom == "true")
        : null;
}
