using Lepton.Contracts;
using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Nodes;

namespace Lepton.Grains.Nodes;

/// <summary>Carries one node's machine and the way to hint its agent.</summary>
public sealed class NodeGrain(GrainSetup setup) : MachineGrain(setup), INodeGrain
{
    private IAgentHints? _hints;

    public Task<Reply> Beat(AgentBeat beat, IAgentHints hints)
    {
        _hints = hints;
        return Ask(beat);
    }

    protected override IStateMachine Create(string key) => NodeId.TryParse(key, out var node)
        ? new NodeMachine(node, Setup.Settings)
        : throw new ArgumentException($"'{key}' is no node id. Maybe '<region>/<name>'.");

    /// <summary>One-way and only a hint: a vanished agent costs nothing, the next beat finds the work anyway.</summary>
    protected override void Hint() => _hints?.WorkAvailable().Ignore();
}
