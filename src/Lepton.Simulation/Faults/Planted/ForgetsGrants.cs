using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>Double grant: a node that was activated again has forgotten what it granted, and grants it once more. Breaks rule 2.</summary>
public sealed class ForgetsGrants : Sabotage
{
    internal override IStateMachine Wrap(IStateMachine machine) => machine.Self.Kind == ActorKind.Node ? new Forgetful(machine) : machine;

    private sealed class Forgetful(IStateMachine inner) : MachineDecorator(inner)
    {
        public override void Restore(Row? own, IReadOnlyList<Row> scanned, Moment now, Effects effects) =>
            Inner.Restore(own is NodeRow row ? row with { Grants = [] } : own, scanned, now, effects);
    }
}
