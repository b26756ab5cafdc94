using Lepton.Agent.Attempts;
using Lepton.Model;
using Microsoft.Extensions.Logging;

namespace Lepton.Agent.Containers;

/// <summary>The container of one attempt, by name, and the program it was made with: kept in the attempt's folder, so that any later agent can end it.</summary>
internal sealed record AttemptContainer(EngineKind Kind, string Program, string Name)
{
    private const string FileName = "container.json";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(2);

    /// <summary>As the engine names it; unlike the names of all other attempts.</summary>
    public static string NameOf(AttemptId attempt) =>
        "lepton-" + string.Concat(attempt.ToString().Select(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '-' ? c : '_'));

    /// <summary>The container that an attempt was prepared with; null: it runs in none.</summary>
    public static AttemptContainer? Of(AttemptFolder folder)
    {
        var path = Path.Combine(folder.Path, FileName);
        return File.Exists(path) ? AgentJson.Read<AttemptContainer>(File.ReadAllText(path)) : null;
    }

    /// <summary>Notes it before it is made, and lays out what the shim ends it with when the lease runs out.</summary>
    public void Note(AttemptFolder folder)
    {
        WholeFile.Write(folder.KillScript, $"exec {string.Join(' ', RemoveCommand().Prepend(Program).Select(Quoted))} </dev/null >/dev/null 2>&1\n");
        WholeFile.Write(Path.Combine(folder.Path, FileName), AgentJson.Write(this));
    }

    /// <summary>Null when there is none, or the engine does not say.</summary>
    public async Task<ContainerState?> Inspect()
    {
        var said = await EngineCall.Run(Program, ["inspect", "--type", "container", "--format", ContainerState.Format, Name], s_limit, CancellationToken.None);
        return said.Ok ? ContainerState.Parse(said.Output) : null;
    }

    /// <summary>Asks the command to stop, by the engine: a client that gets the signal while it is still attaching may lose it. False: nothing runs in the container yet.</summary>
    public async Task<bool> AskedToStop() => (await EngineCall.Run(Program, ["kill", "--signal", "TERM", Name], s_limit, CancellationToken.None)).Ok;

    /// <summary>Completes when there is no such container: whoever was in it is gone. An engine that does not answer is asked again until it does.</summary>
    public async Task Removed(ILogger log)
    {
        for (var told = false; ; told = true)
        {
            var said = await EngineCall.Run(Program, RemoveCommand(), s_limit, CancellationToken.None);
            if (said.Ok || IsMissing(said.Error)) return;
            if (!told) AttemptEvents.ContainerStays(log, Name, said.Why);
            await Task.Delay(s_pause);
        }
    }

    /// <summary>Podman would wait for the end of the command first.</summary>
    public IReadOnlyList<string> RemoveCommand() => Kind == EngineKind.Podman ? ["rm", "--force", "--volumes", "--time", "0", Name] : ["rm", "--force", "--volumes", Name];

    private static bool IsMissing(string error) =>
        error.Contains("no such container", StringComparison.OrdinalIgnoreCase) || error.Contains("no container with", StringComparison.OrdinalIgnoreCase);

    private static string Quoted(string text) => $"'{text.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
