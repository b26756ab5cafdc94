using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>Lost release: a node does not give a grant back when the end of the attempt was taken. Breaks rule 4.</summary>
public sealed class LosesRelease : Sabotage
{
    internal override IStateMachine Wrap(IStateMachine machine) => machine.Self.Kind == ActorKind.Node ? new Keeper(machine) : machine;

    private sealed class Keeper(IStateMachine inner) : MachineDecorator(inner)
    {
        public override void Answer(Address to, Message sent, Reply reply, Moment now, Effects effects)
        {
            if (sent is not AttemptEnded) Inner.Answer(to, sent, reply, now, effects);
        }
    }
}
