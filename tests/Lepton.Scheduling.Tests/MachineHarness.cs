using System.Globalization;
using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.Tests;

/// <summary>
/// Drives one machine in its shell with a row in memory: given events, when event, then row, replies and messages. Virtual time.
/// Messages let out wait in <see cref="Outbox"/> until the test answers them.
/// </summary>
internal sealed class MachineHarness
{
    public static readonly DateTimeOffset Start = DateTimeOffset.Parse("2026-01-01T00:00:00Z", CultureInfo.InvariantCulture);

    private readonly Func<IStateMachine> _make;
    private readonly RegionSettings _settings;
    private readonly List<Row> _others = [];
    private readonly Dictionary<CallId, Reply> _replies = [];

    public MachineHarness(Func<IStateMachine> make, RegionSettings? settings = null, StoredMachine? stored = null)
    {
        _make = make;
        _settings = settings ?? Some.Settings();
        Stored = stored;
        ETag = stored is null ? 0 : 1;
        Shell = new MachineShell(_make(), _settings);
    }

    public MachineShell Shell { get; private set; }

    public DateTimeOffset Now { get; private set; } = Start;

    public ulong Seed { get; set; } = 1;

    /// <summary>What is durable.</summary>
    public StoredMachine? Stored { get; private set; }

    public long ETag { get; private set; }

    /// <summary>Number of writes so far.</summary>
    public int Writes { get; private set; }

    /// <summary>Messages let out whose answer the machine still wants, oldest first. What it dropped is in <see cref="AllSent"/> only.</summary>
    public List<OutboundSend> Outbox { get; } = [];

    /// <summary>Every message ever let out, in order.</summary>
    public List<OutboundSend> AllSent { get; } = [];

    /// <summary>Hints to the agent so far.</summary>
    public int Hints { get; private set; }

    /// <summary>Answers given at once, as a peer that always agrees; null = the message waits in <see cref="Outbox"/>.</summary>
    public Func<Message, Reply?> Agrees { get; set; } = static _ => null;

    private Moment Moment => new(Now, Seed);

    public T RowAs<T>()
        where T : Row => (T)(Stored ?? throw new InvalidOperationException("Nothing is stored.")).Row;

    /// <summary>Rows that the machine finds by its scans.</summary>
    public MachineHarness WithRows(params Row[] rows)
    {
        _others.AddRange(rows);
        return this;
    }

    /// <summary>First activation.</summary>
    public MachineHarness Activate()
    {
        var own = Stored is null ? null : new StoredRecord(Shell.Machine.RowKey, ETag, Stored);
        var scans = Shell.Machine.Scans(own?.Value.Row);
        var scanned = _others.Where(row => scans.Any(scan => row.Key.StartsWith(scan.Prefix, StringComparison.Ordinal) && (!scan.LiveOnly || row.Index.Live)));
        Shell.Start(own, [.. scanned], Moment);
        return Run();
    }

    /// <summary>The process dies: what is not stored is gone, what is on its way stays unanswered. Then a new activation.</summary>
    public MachineHarness Restart()
    {
        Outbox.Clear();
        _replies.Clear();       // call ids begin anew
        Shell = new MachineShell(_make(), _settings);
        return Activate();
    }

    /// <summary>Sends a message and returns its reply, or null when the machine holds the call.</summary>
    public Reply? Ask(Message message) => ReplyTo(Post(message));

    /// <summary>Sends a message, handled at once; ask later for its reply by <see cref="ReplyTo"/>.</summary>
    public CallId Post(Message message)
    {
        Assert.True(Shell.Receive(message, out var call), "The inbox is full.");
        Run();
        return call;
    }

    public Reply? ReplyTo(CallId call) => _replies.GetValueOrDefault(call);

    /// <summary>Answers the oldest waiting message of this type and returns that message.</summary>
    public T Answer<T>(Reply reply)
        where T : Message
    {
        var at = Outbox.FindIndex(send => send.Body is T);
        Assert.True(at >= 0, $"No {typeof(T).Name} waits; there are: {string.Join(", ", Outbox.Select(send => send.Body.GetType().Name))}");
        var sent = Outbox[at];
        Outbox.RemoveAt(at);
        Shell.Answered(sent.Number, reply);
        Run();
        return (T)sent.Body;
    }

    /// <summary>The only waiting message of this type.</summary>
    public T Waiting<T>()
        where T : Message => (T)Assert.Single(Outbox, send => send.Body is T).Body;

    public bool HasWaiting<T>()
        where T : Message => Outbox.Exists(send => send.Body is T);

    /// <summary>Time passes; whatever is due on the way happens at its time.</summary>
    public MachineHarness Pass(TimeSpan time)
    {
        Run();
        var until = Now + time;
        while (Shell.NextWake is { } wake && wake <= until)
        {
            if (wake > Now) Now = wake;
            Run();
        }

        Now = until;
        return Run();
    }

    /// <summary>Cycles until nothing is to be done now. Every write succeeds.</summary>
    public MachineHarness Run()
    {
        for (var cycles = 0; Shell.HasWork(Now); cycles++)
        {
            Assert.True(cycles < 10_000, $"{Shell.Machine.Self} does not come to rest at {Now:O}.");
            var write = Shell.Begin(Moment);
            if (write is not null)
            {
                Assert.Equal(ETag, write.ExpectedETag);
                Assert.Equal(Shell.Machine.RowKey, write.Key);
                Assert.Equal(Shell.Machine.RowKey, write.Value.Row.Key);
                Stored = write.Value;
                ETag++;
                Writes++;
            }

            var release = Shell.Commit(write is null ? null : ETag, Moment);
            foreach (var (call, reply) in release.Replies) Assert.True(_replies.TryAdd(call, reply), $"{call} was answered twice.");
            foreach (var send in release.Sends)
            {
                if (Agrees(send.Body) is { } agreed) Shell.Answered(send.Number, agreed);
                else Outbox.Add(send);
            }

            AllSent.AddRange(release.Sends);
            Outbox.RemoveAll(send => !Shell.Awaits(send.Number));
            if (release.HintAgent) Hints++;
        }

        return this;
    }
}
