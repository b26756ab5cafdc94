using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.Shell;

/// <summary>
/// The pump and outbox around one state machine, without I/O, so that grains and the simulator run the very same steps and a crash can be
/// placed between any two of them: <c>Start</c>, then again and again <c>Receive / Answered</c>, <c>Begin</c>, (write), <c>Commit</c>.
/// <c>Begin</c> is <c>Collect</c> and <c>Decide</c>; where deciding is long, it may be done elsewhere while more arrives.
/// </summary>
/// <remarks>
/// One cycle handles everything that waits (up to a limit), makes at most one write, and only then lets replies and messages out. Messages
/// that are owed are stored with the row; that they were answered ("strikes") rides on the next write. Not thread-safe: one pump drives it. The one exception:
/// between <see cref="Collect"/> and the end of <see cref="Decide"/>, <see cref="Receive"/>, <see cref="Answered"/>, <see cref="HasWork"/>, <see cref="IsBehind"/> and <see cref="Rests"/> may be
/// called from another thread; what they take in is of the next cycle.
/// </remarks>
public sealed class MachineShell(IStateMachine machine, RegionSettings settings)
{
    /// <summary>Inputs handled in one cycle at most, so that one write never waits for an endless inbox.</summary>
    public const int InputsPerCycle = 1024;

    private readonly Queue<Input> _inbox = new();
    private readonly List<Input> _collected = [];
    private readonly Dictionary<long, Outgoing> _outbox = [];
    private readonly SortedDictionary<long, OwedSend> _owed = [];
    private readonly Queue<long> _ready = new();
    private readonly PriorityQueue<long, DateTimeOffset> _later = new();
    private readonly Effects _effects = new();
    private long _lastCall;
    private long _lastSend;
    private long _etag;
    private bool _started;
    private bool _inCycle;
    private DateTimeOffset? _wake;

    public IStateMachine Machine => machine;

    /// <summary>Inputs that wait to be handled.</summary>
    public int Waiting => _inbox.Count;

    /// <summary>Messages without an answer yet.</summary>
    public int Unanswered => _outbox.Count;

    /// <summary>True when there is something to do now: call <see cref="Begin"/>.</summary>
    public bool HasWork(DateTimeOffset now) => !_inCycle && _started && (_inbox.Count > 0 || Due(now));

    /// <summary>When the shell next wants to be called although nothing arrives; null = never.</summary>
    public DateTimeOffset? NextWake => _ready.Count > 0
        ? DateTimeOffset.MinValue
        : _later.TryPeek(out _, out var retry) ? Earliest(_wake, retry) : _wake;

    /// <summary>
    /// The store has a newer version of the row than this activation has read or written: another one lives or has lived. Whoever calls has read
    /// the store a moment ago; while a write is on its way nothing can be told.
    /// </summary>
    public bool IsBehind(long storedETag) => _started && !_inCycle && storedETag > _etag;

    /// <summary>
    /// Nothing waits to be handled, no message is without its answer and no time is waited for: as long as the row is not written, nobody has to wake this
    /// machine, whatever the stored row still names as owed.
    /// </summary>
    public bool Rests => _started && !_inCycle && _inbox.Count == 0 && _outbox.Count == 0 && NextWake is null;

    /// <summary>Begins an activation with what the store has. Its effects leave with the first cycle.</summary>
    public void Start(StoredRecord? own, IReadOnlyList<Row> scanned, Moment now)
    {
        if (_started) throw new InvalidOperationException($"{machine.Self} was started before.");
        _started = true;
        _effects.Dropping = Drop;
        _etag = own?.ETag ?? 0;
        if (own is not null)
        {
            foreach (var owed in own.Value.Owed)
            {
                _lastSend = Math.Max(_lastSend, owed.Number);
                _outbox.Add(owed.Number, new Outgoing(owed.To, owed.Body, SendMode.Owed));
                _owed.Add(owed.Number, owed);
                _ready.Enqueue(owed.Number);
            }
        }

        machine.Restore(own?.Value.Row, scanned, now, _effects);
        _wake = _effects.TakeWake();
        _inbox.Enqueue(default);       // the first cycle carries the effects of the restore
    }

    /// <summary>Takes in a message. False: too much waits already, the caller gets <see cref="Busy"/>.</summary>
    public bool Receive(Message message, out CallId call)
    {
        call = new CallId(++_lastCall);
        if (_inbox.Count >= settings.InboxLimit) return false;
        _inbox.Enqueue(new Input(message, call, 0, null));
        return true;
    }

    /// <summary>Takes in the answer to a message let out by <see cref="Commit"/>; <see cref="Model.Unanswered"/> when none came.</summary>
    public void Answered(long sendNumber, Reply reply) => _inbox.Enqueue(new Input(null, CallId.Nobody, sendNumber, reply));

    /// <summary>Begins a cycle with what waits now. <see cref="Decide"/> comes next.</summary>
    public void Collect()
    {
        if (_inCycle) throw new InvalidOperationException($"{machine.Self} is in a cycle already.");
        _inCycle = true;
        while (_collected.Count < InputsPerCycle && _inbox.TryDequeue(out var input)) _collected.Add(input);
    }

    /// <summary><see cref="Collect"/> and <see cref="Decide"/> in one.</summary>
    public PendingWrite? Begin(Moment now)
    {
        Collect();
        return Decide(now);
    }

    /// <summary>
    /// Handles what was collected. Returns the write that must be durable before <see cref="Commit"/>, or null when nothing has to be written
    /// (call <see cref="Commit"/> at once).
    /// </summary>
    public PendingWrite? Decide(Moment now)
    {
        if (!_inCycle) throw new InvalidOperationException($"{machine.Self} has collected nothing to decide on.");
        foreach (var input in _collected) Handle(input, now);
        _collected.Clear();

        if (_wake <= now.At)
        {
            _wake = null;
            machine.Tick(now, _effects);
        }

        _wake = Earliest(_wake, _effects.TakeWake());
        var owesMore = false;
        foreach (var (to, body, mode) in _effects.Sends)
        {
            _outbox.Add(++_lastSend, new Outgoing(to, body, mode));
            _ready.Enqueue(_lastSend);
            if (mode != SendMode.Owed) continue;
            _owed.Add(_lastSend, new OwedSend(_lastSend, to, body));
            owesMore = true;
        }

        if (!_effects.SaveAsked && !owesMore) return null;
        var row = machine.Row ?? throw new InvalidOperationException($"{machine.Self} asks to save and has no row.");
        return new PendingWrite(machine.RowKey, _etag, new StoredMachine(row, [.. _owed.Values]));
    }

    /// <summary>The write is durable (or there was none): what may leave now.</summary>
    /// <param name="written">The new ETag, or null when <see cref="Begin"/> asked for no write.</param>
    public Release Commit(long? written, Moment now)
    {
        if (!_inCycle) throw new InvalidOperationException($"{machine.Self} is not in a cycle.");
        _inCycle = false;
        _etag = written ?? _etag;
        var sends = ImmutableArray.CreateBuilder<OutboundSend>();
        while (_later.TryPeek(out var late, out var at) && at <= now.At)
        {
            _later.Dequeue();
            _ready.Enqueue(late);
        }

        while (_ready.TryDequeue(out var number))
        {
            if (!_outbox.TryGetValue(number, out var outgoing) || outgoing.OnItsWay) continue;
            outgoing.OnItsWay = true;
            sends.Add(new OutboundSend(number, outgoing.To, outgoing.Body));
        }

        var release = new Release([.. _effects.Replies], sends.ToImmutable(), _effects.HintAsked, _effects.StartsOver);
        _effects.Clear();
        return release;
    }

    /// <summary>True while an answer to this message would still be told to the machine.</summary>
    internal bool Awaits(long sendNumber) => _outbox.ContainsKey(sendNumber);

    private void Handle(Input input, Moment now)
    {
        if (input.Message is not null)
        {
            machine.Ask(input.Message, input.Call, now, _effects);
        }
        else if (input.Reply is not null && _outbox.TryGetValue(input.Send, out var outgoing))
        {
            if (outgoing.Mode != SendMode.Once && SaysNothing(input.Reply))
            {
                if (!outgoing.OnItsWay) return;          // silence told twice: one repeat is planned already
                outgoing.OnItsWay = false;
                _later.Enqueue(input.Send, now.At + Pause(outgoing, input.Reply, now.Seed ^ (ulong)input.Send));
                return;
            }

            _outbox.Remove(input.Send);
            _owed.Remove(input.Send);            // durable with the next write
            var reply = input.Reply is Busy ? new Model.Unanswered($"{outgoing.To} is busy.") : input.Reply;
            machine.Answer(outgoing.To, outgoing.Body, reply, now, _effects);
        }
    }

    /// <summary>Answers that do not tell whether it was done: the message is repeated.</summary>
    private static bool SaysNothing(Reply reply) =>
        reply is Model.Unanswered or Busy or Refused { Code: RefusalCode.StoreUnavailable or RefusalCode.RegionUnreachable };

    private void Drop(Func<Address, Message, bool> matches)
    {
        List<long>? dropped = null;
        foreach (var (number, outgoing) in _outbox)
        {
            if (matches(outgoing.To, outgoing.Body)) (dropped ??= []).Add(number);
        }

        foreach (var number in dropped ?? [])
        {
            _outbox.Remove(number);
            _owed.Remove(number);                // durable with the next write
        }
    }

    /// <summary>pause = min(longest, first * 2^tries) * (0.5 .. 1), at least what a busy receiver asks.</summary>
    private TimeSpan Pause(Outgoing outgoing, Reply reply, ulong seed)
    {
        var doubled = settings.ResendFirst * Math.Pow(2, Math.Min(outgoing.Tries++, 16));
        var capped = doubled < settings.ResendLongest ? doubled : settings.ResendLongest;
        var pause = capped * (0.5 + (SeedStream.For(seed, "resend").NextDouble() / 2));
        return reply is Busy busy && busy.RetryAfter > pause ? busy.RetryAfter : pause;
    }

    private bool Due(DateTimeOffset now) => NextWake is { } at && at <= now;

    private static DateTimeOffset? Earliest(DateTimeOffset? a, DateTimeOffset? b) => a is null ? b : b is null || a < b ? a : b;

    private readonly record struct Input(Message? Message, CallId Call, long Send, Reply? Reply);

    private sealed class Outgoing(Address to, Message body, SendMode mode)
    {
        public Address To => to;

        public Message Body => body;

        public SendMode Mode => mode;

        public int Tries { get; set; }

        /// <summary>Let out and neither answered nor given up yet.</summary>
        public bool OnItsWay { get; set; }
    }
}
