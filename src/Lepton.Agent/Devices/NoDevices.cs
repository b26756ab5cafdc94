using Lepton.Agent.Attempts;
using Lepton.Agent.Containers;
using Lepton.Agent.Devices.Grants;
using Lepton.Agent.Processes;
using Lepton.Model;

namespace Lepton.Agent.Devices;

/// <summary>A machine that offers CPU and memory only.</summary>
internal sealed class NoDevices : IAttemptDevices, IHeldDevices
{
    private static readonly Task<AttemptUsage?> s_nothingUsed = Task.FromResult<AttemptUsage?>(null);
    private static readonly Task<string?> s_mayStart = Task.FromResult<string?>(null);
    private static readonly IReadOnlyDictionary<string, string> s_none = DeviceVariables.Make([]);

    public static NoDevices Instance { get; } = new();

    public IReadOnlyDictionary<string, string> Variables(Assignment assignment) => assignment.Devices.IsDefaultOrEmpty
        ? s_none
        : throw new PreparationException($"The device '{assignment.Devices[0].Uuid}' is granted, and this machine offers none. Maybe its agent was restarted with other --devices.");

    public ContainerDevices ForContainer(Assignment assignment) => ContainerDevices.None;

    public Task<string?> Refusal(Assignment assignment, CancellationToken cancel) => s_mayStart;

    public IHeldDevices Hold(Assignment assignment, AttemptFolder folder, ProcessIdentity process, DateTimeOffset startedAt, Action<string> overrun) => this;

    public Task<AttemptUsage?> Release(DateTimeOffset endedAt) => s_nothingUsed;
}
