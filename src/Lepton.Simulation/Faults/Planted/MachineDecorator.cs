using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>Passes everything on to the real machine; a planted bug changes one step of it.</summary>
internal abstract class MachineDecorator(IStateMachine inner) : IStateMachine
{
    protected IStateMachine Inner => inner;

    public Address Self => inner.Self;

    public string RowKey => inner.RowKey;

    public ImmutableArray<RowScan> Scans(Row? own) => inner.Scans(own);

    public virtual Row? Row => inner.Row;

    public virtual void Restore(Row? own, IReadOnlyList<Row> scanned, Moment now, Effects effects) => inner.Restore(own, scanned, now, effects);

    public virtual void Ask(Message message, CallId call, Moment now, Effects effects) => inner.Ask(message, call, now, effects);

    public virtual void Answer(Address to, Message sent, Reply reply, Moment now, Effects effects) => inner.Answer(to, sent, reply, now, effects);

    public virtual void Tick(Moment now, Effects effects) => inner.Tick(now, effects);
}
