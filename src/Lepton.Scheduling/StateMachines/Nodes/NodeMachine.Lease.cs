using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Nodes;

/// <content>The lease of the agent: silence makes the node suspect, then lost.</content>
public sealed partial class NodeMachine
{
    public void Tick(Moment now, Effects effects)
    {
        _watching = false;
        if (_row is null || _row.Phase == NodePhase.Lost) return;
        var silence = now.At - _lastBeat;
        if (silence >= settings.NodeLease + settings.LeaseMargin)
        {
            Lose(now, effects);
        }
        else
        {
            // Not saved: after a restart the node is joining anyway.
            if (silence >= settings.NodeLease && _row.Phase == NodePhase.Ready) _row = _row with { Phase = NodePhase.Suspect, ChangedAt = now.At };
            _news.Touch();
            Watch(now, effects);
        }

        Tell(effects);
    }

    private void Lose(Moment now, Effects effects)
    {
        _row = _row! with { Epoch = _row.Epoch.Next(), Phase = NodePhase.Lost, ChangedAt = now.At };
        effects.Save();
        foreach (var live in _grants.Values.Where(live => live.End is null))
        {
            live.Grant = live.Grant with { StopAsked = LiveGrant.Fence, StopForce = true };
            EndExpired(live, now, effects);
        }

        foreach (var stuck in _grants.Values.Where(live => live.HoldsOn).ToList())
        {
            stuck.HoldsOn = false;          // its shim has run out of lease like all others
            if (stuck.IsTold) GiveBack(stuck, now, effects);
        }

        _news.SayAll();
    }

    private void EndExpired(LiveGrant live, Moment now, Effects effects) => End(
        live,
        AttemptEnd.Bare(AttemptEndCause.LeaseExpired, $"Node {node} was not heard for {(settings.NodeLease + settings.LeaseMargin).TotalSeconds:0} s.", now.At),
        effects);

    /// <summary>Wakes at the next moment at which silence would mean something; beats need no wake of their own.</summary>
    private void Watch(Moment now, Effects effects)
    {
        if (_watching || _row is null || _row.Phase == NodePhase.Lost) return;
        _watching = true;
        var suspectAt = _lastBeat + settings.NodeLease;
        effects.WakeAt(suspectAt > now.At ? suspectAt : suspectAt + settings.LeaseMargin);
    }
}
