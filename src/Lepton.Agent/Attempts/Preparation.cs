using Lepton.Agent.Processes;
using Lepton.Model;

namespace Lepton.Agent.Attempts;

/// <summary>Makes an assignment ready to run: folders, staged files, placeholders filled in, environment.</summary>
internal sealed class Preparation(AttemptTools tools)
{
    /// <exception cref="PreparationException">It cannot run as asked; the message is for the user.</exception>
    public async Task<Launch> Prepare(Assignment assignment, AttemptFolder folder, CancellationToken cancel)
    {
        var run = assignment.Run;
        if (run.Template.Command.IsDefaultOrEmpty) throw new PreparationException("The task has no command.");
        var staging = new Staging(tools.Data, tools.Node.Region);
        await staging.Upstream(run, folder, cancel);
        var input = run.Input is { } asked ? await staging.Input(asked, folder, cancel) : null;
        var restore = run.RestoreFrom is { } reference ? await staging.Checkpoint(reference, folder, cancel) : null;

        string Expand(string text) => Placeholders.Expand(text, name => Value(name, run, folder, input));
        return new Launch(
            assignment.Attempt,
            folder.Path,
            WorkFolder(run.Template.Workdir is { } asks ? Expand(asks) : null, folder),
            InGroup([.. run.Template.Command.Select(Expand)], assignment),
            TaskVariables.Make(assignment, tools.Node, folder, restore, tools.Devices.Variables(assignment), Expand),
            LeaseGrace(run.Template.Grace));
    }

    private IReadOnlyList<string> InGroup(IReadOnlyList<string> command, Assignment assignment)
    {
        if (tools.Cgroups is not { } groups) return command;
        try
        {
            return groups.Make(assignment.Attempt, assignment.Run.Template.Demand.Capacity).Wrap(command);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // Said to be enforced: then it is not run without.
            throw new PreparationException($"The control group of the task cannot be made: {refused.Message}. Maybe the agent's group is no longer delegated to it.", refused);
        }
    }

    private static string? Value(string name, RunSpec run, AttemptFolder folder, string? input)
    {
        if (name == "input") return input ?? throw new PreparationException("'${input}' is used, but the task has no input.");
        if (name == "index") return run.IndexInGroup.ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (name == "checkpoint") return folder.Checkpoint;
        if (name.StartsWith("grid.", StringComparison.Ordinal)) return run.Grid?.GetValueOrDefault(name["grid.".Length..]);
        if (!name.StartsWith("outputs.", StringComparison.Ordinal)) return null;
        var group = name["outputs.".Length..];
        return !run.Upstream.IsDefaultOrEmpty && run.Upstream.Any(u => u.Group == group) ? Staging.GroupFolder(group, folder) : null;
    }

    private static string WorkFolder(string? asked, AttemptFolder folder)
    {
        if (asked is null) return folder.Work;
        var path = Path.GetFullPath(Path.Combine(folder.Work, asked));
        return Directory.Exists(path)
            ? path
            : throw new PreparationException($"The working folder '{path}' does not exist on this machine. Maybe leave 'workdir' out: the task then gets an empty one.");
    }

    /// <summary>
    /// What a task gets between SIGTERM and SIGKILL when the lease runs out: its grace, but not more than a third of the lease,
    /// or it would be asked to stop between two heartbeats.
    /// </summary>
    private TimeSpan LeaseGrace(TimeSpan asked)
    {
        var third = ((tools.Deadline.Until ?? tools.Clock.GetUtcNow()) - tools.Clock.GetUtcNow()) / 3;
        if (third < TimeSpan.Zero) third = TimeSpan.Zero;
        return asked < third ? asked : third;
    }
}
