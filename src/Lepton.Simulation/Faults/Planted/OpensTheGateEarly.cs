using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>A region that lets the first member of a gang through without waiting for the others. Breaks rule 5.</summary>
public sealed class OpensTheGateEarly : Sabotage
{
    internal override IStateMachine Wrap(IStateMachine machine) => machine.Self.Kind == ActorKind.Region ? new Careless(machine) : machine;

    private sealed class Careless(IStateMachine inner) : MachineDecorator(inner)
    {
        public override void Ask(Message message, CallId call, Moment now, Effects effects)
        {
            if (message is GangReady) effects.Reply(call, new GangComplete([]));
            else base.Ask(message, call, now, effects);
        }
    }
}
