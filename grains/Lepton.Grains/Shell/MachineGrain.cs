using Lepton.Contracts;
using Lepton.Model;
using Lepton.Scheduling.Shell;
using Microsoft.Extensions.Logging;
using Orleans;
using Orleans.Runtime;

namespace Lepton.Grains;

/// <summary>What every machine grain needs from its silo.</summary>
public sealed record GrainSetup(
    IRegionStore Store,
    IRegionGateway Gateway,
    RegionSettings Settings,
    TimeProvider Clock,
    ILogger<MachineGrain> Log);

/// <summary>
/// The one shell of all grains: enqueue, pump, one write, then replies and messages. It holds no decision: those are in the state machine.
/// </summary>
/// <remarks>
/// Methods interleave and only enqueue. One pump at a time drains the inbox; messages leave outside the turn and their replies come back as inputs.
/// A write that fails or conflicts throws the activation away: callers get <see cref="Unanswered"/>, whose meaning is "not known".
/// </remarks>
public abstract partial class MachineGrain(GrainSetup setup) : Grain, IMachineGrain
{
    /// <summary>Grains that still owe or wait must not be collected as idle.</summary>
    private static readonly TimeSpan KeepWhileBusy = TimeSpan.FromMinutes(5);

    private readonly Dictionary<CallId, TaskCompletionSource<Reply>> _calls = [];
    private MachineShell? _shell;
    private IGrainTimer? _timer;
    private DateTimeOffset? _armedFor;
    private bool _keptAlive;
    private bool _pumping;
    private string? _dead;
    private ulong _seed;

    protected GrainSetup Setup => setup;

    /// <summary>The machine of this key. Called once for each activation.</summary>
    protected abstract IStateMachine Create(string key);

    public override async Task OnActivateAsync(CancellationToken cancellationToken)
    {
        var machine = Create(this.GetPrimaryKeyString());
        var own = await setup.Store.Read(machine.RowKey, cancellationToken);
        var scanned = new List<Row>();
        foreach (var scan in machine.Scans(own?.Value.Row))
        {
            await foreach (var record in setup.Store.Scan(scan, cancellationToken)) scanned.Add(record.Value.Row);
        }

        _shell = new MachineShell(machine, setup.Settings);
        _shell.Start(own, scanned, Now());
        Kick();
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Die(reason.Description);
        return Task.CompletedTask;
    }

    public Task<Reply> Ask(Message message)
    {
        if (_dead is not null || _shell is null) return Task.FromResult<Reply>(new Unanswered(_dead ?? "not activated"));
        if (!_shell.Receive(message, out var call)) return Task.FromResult<Reply>(new Busy(setup.Settings.ResendFirst));
        var completion = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
        _calls.Add(call, completion);
        Kick();
        return completion.Task;
    }

    /// <summary>Woken by what the store says. An activation that is behind the store would never do what the row says: it makes place for one that reads.</summary>
    public async Task<bool> Wake()
    {
        if (_dead is not null || _shell is null) return false;
        var stored = await setup.Store.Read(_shell.Machine.RowKey, CancellationToken.None);
        if (_dead is not null) return false;
        if (stored is null || !_shell.IsBehind(stored.ETag)) return _shell.Rests;
        LogConflict(setup.Log, _shell.Machine.Self, stored.ETag);
        Die("another activation has written the row");
        DeactivateOnIdle();
        return false;
    }

    /// <summary>
    /// True where much arrives at a time: then the pump lets others come first, so that they are handled, and written, together. Without it what
    /// arrives is handled at once, one scheduling less for each message.
    /// </summary>
    protected virtual bool Gathers => true;

    /// <summary>
    /// True where deciding may take long: it is done outside of the turn, on what the machine knew when the cycle began. Meanwhile the grain takes in what
    /// arrives, turns down what is too much, and answers the keeper.
    /// </summary>
    protected virtual bool DecidesApart => false;

    /// <summary>
    /// How long an idle activation is worth keeping beyond the age at which its class is collected: what it costs to read it again. Zero: not at all.
    /// </summary>
    protected virtual TimeSpan WorthKeeping => TimeSpan.Zero;

    /// <summary>The machine has work for its agent.</summary>
    protected virtual void Hint()
    {
    }

    private Moment Now() => new(setup.Clock.GetUtcNow(), _seed = new Lepton.Scheduling.SeedStream(_seed + (ulong)setup.Clock.GetTimestamp()).NextUInt64());

    private void Kick()
    {
        if (_pumping || _dead is not null) return;
        _pumping = true;
        _ = Pump();
    }

    private async Task Pump()
    {
        if (Gathers) await Task.Yield();
        try
        {
            while (_dead is null && _shell!.HasWork(setup.Clock.GetUtcNow())) await Cycle(_shell);
        }
        catch (Exception error)      // nothing above this pump could report it; the activation is thrown away
        {
            LogCycleFailed(setup.Log, error, _shell!.Machine.Self);
            Die(error.Message);
        }

        _pumping = false;
        if (_dead is null) Rearm();
        else DeactivateOnIdle();
    }

    private async Task Cycle(MachineShell shell)
    {
        long? etag = null;
        var now = Now();
        shell.Collect();
        var pending = DecidesApart ? await Task.Run(() => shell.Decide(now)) : shell.Decide(now);
        if (_dead is not null) return;
        if (pending is { } write)
        {
            var written = await setup.Store.Write([new RowWrite(write.Key, write.ExpectedETag, write.Value)], CancellationToken.None);
            if (_dead is not null) return;
            if (written is null)
            {
                LogConflict(setup.Log, shell.Machine.Self, write.ExpectedETag);
                Die("another activation has written the row");
                return;
            }

            etag = written[0];
        }

        var release = shell.Commit(etag, Now());
        foreach (var (call, reply) in release.Replies)
        {
            if (_calls.Remove(call, out var completion)) completion.SetResult(reply);
        }

        foreach (var send in release.Sends) _ = Deliver(shell, send);
        if (release.HintAgent) Hint();
        if (release.StartOver) Die("another activation has written more than this one has read");
    }

    private async Task Deliver(MachineShell shell, OutboundSend send)
    {
        Reply reply;
        try
        {
            reply = await setup.Gateway.Ask(send.To, send.Body, CancellationToken.None);
        }
        catch (Exception error)      // a gateway does not throw; were it to, the message would never be repeated
        {
            LogDeliveryFailed(setup.Log, error, send.To);
            reply = new Unanswered(error.Message);
        }

        if (_dead is not null) return;
        shell.Answered(send.Number, reply);
        Kick();
    }

    private Task OnTimer(CancellationToken cancel)
    {
        _armedFor = null;
        if (_dead is not null) return Task.CompletedTask;
        Kick();
        if (!_pumping) Rearm();
        return Task.CompletedTask;
    }

    /// <summary>Most machines never ask for a time and are asked little while they wait: what has not changed is not set again.</summary>
    private void Rearm()
    {
        var wake = _shell!.NextWake;
        if (wake != _armedFor) Arm(wake);
        var keep = _shell.Unanswered > 0 || wake is not null || _calls.Count > 0;
        var delay = keep ? KeepWhileBusy : WorthKeeping;
        if (delay == TimeSpan.Zero && !_keptAlive) return;
        _keptAlive = delay > TimeSpan.Zero;
        DelayDeactivation(delay);
    }

    private void Arm(DateTimeOffset? wake)
    {
        _armedFor = wake;
        var due = wake is not { } at ? Timeout.InfiniteTimeSpan
            : at - setup.Clock.GetUtcNow() is { } left && left > TimeSpan.Zero ? left
            : TimeSpan.Zero;
        if (_timer is { } timer) timer.Change(due, Timeout.InfiniteTimeSpan);
        else _timer = this.RegisterGrainTimer(OnTimer, new GrainTimerCreationOptions(due, Timeout.InfiniteTimeSpan) { Interleave = true });
    }

    private void Die(string why)
    {
        _dead ??= $"{_shell?.Machine.Self}: {why}";
        _timer?.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        foreach (var completion in _calls.Values) completion.TrySetResult(new Unanswered(_dead));
        _calls.Clear();
    }
}
