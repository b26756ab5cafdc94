using System.Collections.Immutable;
using Lepton.Agent.Link;
using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Nodes;

namespace Lepton.Benchmarks.Devices;

/// <summary>The real node machine in the real shell, in this process: every write is durable at once, every other machine agrees to everything.</summary>
internal sealed class NodeInProcess : INodeLink
{
    private readonly Lock _gate = new();
    private readonly RegionSettings _settings;
    private readonly MachineShell _shell;
    private long _etag;
    private ulong _cycle;

    public NodeInProcess(NodeId node)
    {
        _settings = new RegionSettings { Region = node.Region, Fleet = [node.Region] };
        _shell = new MachineShell(new NodeMachine(node, _settings), _settings);
        _shell.Start(null, [], Now());
    }

    public Action? Hinted { get; set; }

    /// <summary>Called after each beat with what the node then says of its devices, and when.</summary>
    public Action<ImmutableArray<DeviceState>, long> Beaten { get; set; } = static (_, _) => { };

    public Task<Reply> Beat(AgentBeat beat, CancellationToken cancel)
    {
        lock (_gate)
        {
            var reply = Ask(beat);
            Beaten(((NodeRow)_shell.Machine.Row!).Devices, System.Diagnostics.Stopwatch.GetTimestamp());
            Settle();
            return Task.FromResult(reply);
        }
    }

    /// <summary>One message, handled and committed.</summary>
    public Reply Ask(Message message)
    {
        _ = _shell.Receive(message, out var call);
        Reply? reply = null;
        var sends = Cycle(r => reply = r.Call == call ? r.Reply : reply);
        foreach (var send in sends) _shell.Answered(send.Number, Ack.Done);
        return reply ?? new Unanswered("no reply in the cycle");
    }

    /// <summary>Answers what the machine has sent, until it has nothing more to say.</summary>
    public void Settle()
    {
        while (_shell.HasWork(DateTimeOffset.UtcNow))
        {
            foreach (var send in Cycle(static _ => { })) _shell.Answered(send.Number, Ack.Done);
        }
    }

    private ImmutableArray<OutboundSend> Cycle(Action<(CallId Call, Reply Reply)> replied)
    {
        long? written = _shell.Begin(Now()) is null ? null : ++_etag;
        var release = _shell.Commit(written, Now());
        foreach (var reply in release.Replies) replied(reply);
        if (release.HintAgent) Hinted?.Invoke();
        return release.Sends;
    }

    private Moment Now() => new(DateTimeOffset.UtcNow, ++_cycle);
}
