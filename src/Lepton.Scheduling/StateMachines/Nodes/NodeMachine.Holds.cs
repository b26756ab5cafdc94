using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Nodes;

/// <content>What a person wants of the node: cordoned, drained, resumed.</content>
public sealed partial class NodeMachine
{
    private bool _leaving;

    private Reply OnHold(HoldNode wish, Moment now, Effects effects)
    {
        if (_row is null) return new Refused(RefusalCode.NotFound, $"Node {node} has never been heard of.", "Maybe start its agent.");
        var isRepeat = wish.Number == _row.HoldNumber && wish.Hold == _row.Hold;
        if (!isRepeat && wish.Number != _row.HoldNumber + 1) return new Stale("hold", wish.Number, _row.HoldNumber + 1);
        if (!isRepeat)
        {
            _row = _row with { Hold = wish.Hold, HoldNumber = wish.Number, HoldReason = wish.Reason };
            // Only a node that is heard changes at once; the others do with their next beat.
            if (_row.Phase is NodePhase.Ready or NodePhase.Cordoned or NodePhase.Draining && !_leaving) _row = _row with { Phase = HeardPhase(), ChangedAt = now.At };
            _news.Touch();
        }

        // A repeat, too: an older activation may answer from what it remembers, but it cannot write.
        effects.Save();
        if (_row.Hold == NodeHold.Draining) LetGo(now, effects);
        return Describe();
    }

    /// <summary>The phase of a node whose agent is heard and stays.</summary>
    private NodePhase HeardPhase() => _row!.Hold switch
    {
        NodeHold.Cordoned => NodePhase.Cordoned,
        NodeHold.Draining => NodePhase.Draining,
        _ => NodePhase.Ready,
    };

    /// <summary>Everything that runs is asked to end with its grace; what was never handed out is over at once.</summary>
    private void LetGo(Moment now, Effects effects)
    {
        var why = $"Node {node} is being drained{(string.IsNullOrEmpty(_row!.HoldReason) ? "" : $": {_row.HoldReason.TrimEnd('.')}")}.";
        foreach (var live in _grants.Values)
        {
            if (live.End is not null) continue;
            if (live.Grant.StopAsked is null) live.StopWhy ??= why;
            AskToStop(live, AttemptEndCause.Preempted, false, effects);
            if (live.NeverHandedOut) End(live, AttemptEnd.Bare(AttemptEndCause.NotStarted, $"{why} Attempt {live.Grant.Attempt} had not begun.", now.At), effects);
        }
    }
}
