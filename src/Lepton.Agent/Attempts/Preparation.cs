using Lepton.Agent.Containers;
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

        if (run.Template.Image is { } image) await Engine(image).Fetch(image, cancel);
        string Expand(string text) => Placeholders.Expand(text, name => Value(name, run, folder, input));
        var command = run.Template.Command.Select(Expand).ToList();
        var asks = run.Template.Workdir is { } folderAsked ? Expand(folderAsked) : null;
        var variables = TaskVariables.Make(assignment, tools.Node, folder, restore, tools.Devices.Variables(assignment), Expand);
        var grace = LeaseGrace(run.Template.Grace);
        if (run.Template.Image is null) return new Launch(assignment.Attempt, folder.Path, WorkFolder(asks, folder), InGroup(command, assignment), variables, grace);
        var wrapped = Engine(run.Template.Image).Wrap(assignment, folder, command, asks ?? folder.Work, variables, input, tools.Devices.ForContainer(assignment));
        var client = ClientVariables.Make();
        client[ProcessIdentity.Marker] = assignment.Attempt.ToString();
        return new Launch(assignment.Attempt, folder.Path, folder.Work, wrapped, client, grace);
    }

    private ContainerEngine Engine(string image) => tools.Containers
        ?? throw new PreparationException($"The task runs in the image '{image}', and this agent runs no containers. Maybe it was restarted without --containers.");

    private IReadOnlyList<string> InGroup(IReadOnlyList<string> command, Assignment assignment)
    {
        if (tools.Cgroups is not { } groups)
        {
            return assignment.Run.Template.Demand.Isolation.HasFlag(IsolationAbilities.Cgroup)
                ? throw new PreparationException("The task asks for a control group, and this agent has none to give. Maybe its group is no longer delegated to it.")
                : command;
        }
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
