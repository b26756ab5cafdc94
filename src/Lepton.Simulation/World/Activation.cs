using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Simulation.Checkers;
using Lepton.Simulation.Faults;
using Lepton.Simulation.Traces;

namespace Lepton.Simulation.World;

/// <summary>
/// One living activation of a machine in a silo: the pump of the production grain, step by step, with a place to crash between any two of them.
/// </summary>
internal sealed class Activation(Silo silo, Address address)
{
    private readonly List<(Message Message, Action<Reply> Reply)> _early = [];
    private readonly Dictionary<CallId, Action<Reply>> _callers = [];
    private readonly VirtualWorld _world = silo.World;
    private MachineShell? _shell;
    private bool _pumpAsked;
    private bool _writing;
    private bool _dead;
    private long _wakeAt = long.MaxValue;

    public Address Address => address;

    public bool Dead => _dead;

    /// <summary>No work, no caller, no message without an answer: the runtime may collect it as idle.</summary>
    public bool Idle => _shell is { Waiting: 0, Unanswered: 0 } && !_writing && _callers.Count == 0 && _early.Count == 0;

    /// <summary>At rest by the newest version of its row: nobody has to wake it until that is written again.</summary>
    public bool Rests => !_dead && !_writing && _shell is { Rests: true } shell && silo.Disk.Read(shell.Machine.RowKey) is { } stored && !shell.IsBehind(stored.ETag);

    public void Load()
    {
        _world.Trace.Add(TraceKind.Activated, address);
        var machine = _world.Sabotage.Wrap(Machines.Create(address, silo.Settings));
        _world.After(silo, silo.Disk.Latency(), () =>
        {
            if (_dead) return;
            if (silo.Disk.RefusesRead())
            {
                Die("the store could not be read");
                return;
            }

            var own = silo.Disk.Read(machine.RowKey);
            var scans = machine.Scans(own?.Value.Row);
            if (scans.IsEmpty) Start(machine, own, []);
            else _world.After(silo, silo.Disk.Latency(), () => Start(machine, own, [.. scans.SelectMany(silo.Disk.Scan)]));
        });
    }

    /// <summary>Woken by what the store says: an activation that is behind it makes place for one that reads.</summary>
    public void Look() => _world.After(silo, silo.Disk.Latency(), () =>
    {
        if (_dead || _shell is null || silo.Disk.Read(_shell.Machine.RowKey) is not { } stored || !_shell.IsBehind(stored.ETag)) return;
        Die("another activation has written the row");
    });

    /// <summary>A message arrives. The reply is called once, or never when the activation dies with its silo.</summary>
    public void Take(Message message, Action<Reply> reply)
    {
        if (_dead)
        {
            reply(new Unanswered($"{address} is gone"));
        }
        else if (_shell is null)
        {
            _early.Add((message, reply));
        }
        else if (_shell.Receive(message, out var call))
        {
            _callers.Add(call, reply);
            AskPump();
        }
        else
        {
            reply(new Busy(silo.Settings.ResendFirst));
        }
    }

    /// <summary>Throws the activation away: its callers learn only that nothing is known.</summary>
    public void Die(string why)
    {
        if (_dead) return;
        _dead = true;
        _world.Trace.Add(TraceKind.Ended, address, null, why);
        silo.Remove(this);
        foreach (var (_, reply) in _early) reply(new Unanswered(why));
        foreach (var reply in _callers.Values) reply(new Unanswered(why));
        _early.Clear();
        _callers.Clear();
    }

    /// <summary>The silo is gone and everything in it: nobody is told.</summary>
    public void Vanish() => _dead = true;

    private void Start(IStateMachine machine, StoredRecord? own, List<Row> scanned)
    {
        if (_dead) return;
        var shell = new MachineShell(machine, silo.Settings);
        if (!Guarded(() => shell.Start(own, scanned, silo.Now()))) return;
        _shell = shell;
        foreach (var (message, reply) in _early) Take(message, reply);
        _early.Clear();
        AskPump();
    }

    private void AskPump()
    {
        if (_pumpAsked || _writing || _dead) return;
        _pumpAsked = true;
        _world.After(silo, silo.TurnDelay(), Pump);
    }

    private void Pump()
    {
        _pumpAsked = false;
        if (_dead || _writing) return;
        var now = silo.Now();
        if (!_shell!.HasWork(now.At))
        {
            ArmWake();
            return;
        }

        PendingWrite? write = null;
        if (!Guarded(() => write = _shell.Begin(now))) return;
        if (write is null)
        {
            Finish(null);
            return;
        }

        if (silo.CrashesHere(FaultKind.CrashBeforeWrite)) return;
        var value = _world.Sabotage.Writing(write.Key, write.Value);
        if (!ReferenceEquals(value, write.Value)) write = write with { Value = value };
        _writing = true;
        var early = _world.Sabotage.ReleasesBeforeDurable;
        silo.Disk.Write(silo, write, (result, etag) =>
        {
            if (_dead) return;
            _writing = false;
            if (result != WriteResult.Written)
            {
                Die(result == WriteResult.Conflict ? "another activation has written the row" : "the store could not be written");
                return;
            }

            if (silo.CrashesHere(FaultKind.CrashAfterWrite)) return;
            if (early) AskPump();
            else Finish(etag);
        });
        if (early) Finish(write.ExpectedETag + 1);
    }

    private void Finish(long? etag)
    {
        Release? release = null;
        if (!Guarded(() => release = _shell!.Commit(etag, silo.Now()))) return;
        release = _world.Sabotage.Leaving(address, release!);
        foreach (var (call, reply) in release.Replies)
        {
            if (!_callers.Remove(call, out var caller)) continue;
            if (silo.CrashesHere(FaultKind.CrashBeforeSend)) return;
            caller(reply);
        }

        foreach (var send in release.Sends)
        {
            if (silo.CrashesHere(FaultKind.CrashBeforeSend)) return;
            var number = send.Number;
            silo.Send(address, send.To, send.Body, reply =>
            {
                if (_dead) return;
                _shell!.Answered(number, reply);
                AskPump();
            });
        }

        if (release.HintAgent) silo.Hint(address);
        if (release.StartOver) Die("it is behind the store");
        else AskPump();
    }

    private void ArmWake()
    {
        if (_shell!.NextWake is not { } local) return;
        var at = Math.Max(silo.Clock.When(local), _world.Queue.Now + 1);
        if (at >= _wakeAt) return;
        _wakeAt = at;
        _world.After(silo, at - _world.Queue.Now, () =>
        {
            if (_wakeAt != at)
            {
                _world.Queue.Moot();
                return;
            }

            _wakeAt = long.MaxValue;
            if (!_dead) Pump();
        });
    }

    /// <summary>A machine that throws is a bug of its own kind: said at once, and the activation is thrown away as in production.</summary>
    private bool Guarded(Action step)
    {
        try
        {
            step();
            return true;
        }
        catch (Exception error) when (error is InvalidOperationException or ArgumentException or NullReferenceException
            or KeyNotFoundException or IndexOutOfRangeException or FormatException or OverflowException or NotSupportedException)
        {
            _world.Violate("machines never throw", $"{address} threw {error.GetType().Name}: {error.Message} {FirstFrame(error)}", address.Key);
            Die(error.Message);
            return false;
        }
    }

    private static string FirstFrame(Exception error) => string.Join(" |", (error.StackTrace ?? "").Split('\n').Take(4));
}
