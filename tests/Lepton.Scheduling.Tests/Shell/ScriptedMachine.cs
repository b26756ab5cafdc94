using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.Tests.Shell;

/// <summary>A machine whose every move the test gives; it remembers what it was told.</summary>
internal sealed class ScriptedMachine : IStateMachine
{
    public Address Self => Address.Seat(Some.East);

    public string RowKey => SeatRow.KeyOf(Some.East);

    public ImmutableArray<RowScan> Scans(Row? own) => [];

    public SeatRow Stored { get; set; } = new() { Region = Some.East, Epoch = Epoch.None };

    public Row? Row => Stored;

    public Action<Row?, Effects>? OnRestore { get; init; }

    public Action<Message, CallId, Effects>? OnAsk { get; init; }

    public Action<Reply, Effects>? OnAnswer { get; init; }

    public Action<Moment, Effects>? OnTick { get; init; }

    public List<Reply> Answers { get; } = [];

    public List<DateTimeOffset> Ticks { get; } = [];

    public int Asked { get; private set; }

    public void Restore(Row? own, IReadOnlyList<Row> scanned, Moment now, Effects effects)
    {
        if (own is SeatRow seat) Stored = seat;
        OnRestore?.Invoke(own, effects);
    }

    public void Ask(Message message, CallId call, Moment now, Effects effects)
    {
        Asked++;
        OnAsk?.Invoke(message, call, effects);
    }

    public void Answer(Address to, Message sent, Reply reply, Moment now, Effects effects)
    {
        Answers.Add(reply);
        OnAnswer?.Invoke(reply, effects);
    }

    public void Tick(Moment now, Effects effects)
    {
        Ticks.Add(now.At);
        OnTick?.Invoke(now, effects);
    }
}
