using Lepton.Agent.Attempts;
using Lepton.Agent.Containers;
using Lepton.Agent.Processes;
using Lepton.Model;

namespace Lepton.Agent.Devices;

/// <summary>What attempts need of the devices of this machine.</summary>
internal interface IAttemptDevices
{
    /// <summary>What a task is told of its devices; also of none.</summary>
    /// <exception cref="PreparationException">A granted device is not one of this machine.</exception>
    IReadOnlyDictionary<string, string> Variables(Assignment assignment);

    /// <summary>The granted devices as a container engine is told of them.</summary>
    ContainerDevices ForContainer(Assignment assignment);

    /// <summary>Waits a little for former users of the granted devices to be gone; in words who is still there, or null when the task may start.</summary>
    Task<string?> Refusal(Assignment assignment, CancellationToken cancel);

    /// <summary>From now on the attempt's use of its devices is watched and metered.</summary>
    /// <param name="assignment">With the grants.</param>
    /// <param name="folder">Of the attempt; what was metered is kept there for an agent that is started later.</param>
    /// <param name="process">Its shim.</param>
    /// <param name="startedAt">When it began.</param>
    /// <param name="overrun">Called once, in words, when it takes more device memory than granted.</param>
    IHeldDevices Hold(Assignment assignment, AttemptFolder folder, ProcessIdentity process, DateTimeOffset startedAt, Action<string> overrun);
}

/// <summary>The devices that a running attempt holds.</summary>
internal interface IHeldDevices
{
    /// <summary>Completes when no device lists a process of the attempt any more, with what it used; null when it held none. The attempt's processes must have ended.</summary>
    Task<AttemptUsage?> Release(DateTimeOffset endedAt);
}
