namespace Lepton.Specs;

/// <summary>The table of <c>run</c>.</summary>
internal static class RunFields
{
    public static readonly ObjectShape<RunDocument> Shape = new ObjectShape<RunDocument>(() => new())
        .Field("handler", Rules.Name, d => d.Handler, (d, v) => d with { Handler = v },
            "Name of a handler. noop is the one that runs inside the agent and ends at once, for measuring the path without a process.")
        .Field("args", Rules.Any, d => d.Args, (d, v) => d with { Args = v }, "Arguments of the handler.")
        .Field("command", new ListShape<string>(Rules.Argument, 1, SpecLimits.CommandParts, "arguments"),
            d => d.Command, (d, v) => d with { Command = v },
            "Program and arguments; never passed through a shell. Placeholders are filled in.")
        .Field("image", Rules.Image, d => d.Image, (d, v) => d with { Image = v },
            "Container image that the command runs in; the image's own entry point is not used. Needs nodes that run containers.")
        .Field("workdir", Rules.Workdir, d => d.Workdir, (d, v) => d with { Workdir = v },
            "Absolute working folder; absent: a folder of the task's own. Placeholders are filled in.")
        .Field("env", new MapShape<string>(Rules.EnvName, Rules.EnvValue, SpecLimits.EnvEntries, "variables", sorted: true),
            d => d.Env,
            (d, v) => d with { Env = v }, "Environment variables. Placeholders are filled in.")
        .Field("secrets", new MapShape<string>(Rules.EnvName, Rules.Short, SpecLimits.EnvEntries, "secrets", sorted: true),
            d => d.Secrets,
            (d, v) => d with { Secrets = v }, "Environment variables whose values are secrets, by name of the secret.");
}
