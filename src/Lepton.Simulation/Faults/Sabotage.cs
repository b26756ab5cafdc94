using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Simulation.World;

namespace Lepton.Simulation.Faults;

/// <summary>
/// A planted bug: stands between the world and an unchanged machine, shell, disk or shim and does what a wrong one would do. A checker must find it.
/// </summary>
/// <remarks>The seams do nothing here; each bug overrides the one or two it needs. A new object for each run, but for the bug that is about just that.</remarks>
public abstract class Sabotage
{
    /// <summary>No bug is planted.</summary>
    public static readonly Sabotage None = new Nothing();

    /// <summary>Short name for reports.</summary>
    public string Name => GetType().Name;

    /// <summary>The machine that an activation gets.</summary>
    internal virtual IStateMachine Wrap(IStateMachine machine) => machine;

    /// <summary>What a machine is handed instead of the message; null = nothing arrives.</summary>
    internal virtual Message? Arriving(Address to, Message message) => message;

    /// <summary>What is written instead of the row.</summary>
    internal virtual StoredMachine Writing(string key, StoredMachine value) => value;

    /// <summary>What leaves an activation instead of its release.</summary>
    internal virtual Release Leaving(Address from, Release release) => release;

    /// <summary>Replies and messages leave before the row is durable.</summary>
    internal virtual bool ReleasesBeforeDurable => false;

    /// <summary>Shims run on past their deadline.</summary>
    internal virtual bool ShimsIgnoreTheirDeadline => false;

    /// <summary>Something durable has changed.</summary>
    internal virtual void Written(Disk disk, StoredRecord? before, StoredRecord after)
    {
    }

    /// <summary>A silo died; its disk keeps what was durable.</summary>
    internal virtual void SiloDied(Disk disk)
    {
    }

    private sealed class Nothing : Sabotage;
}
