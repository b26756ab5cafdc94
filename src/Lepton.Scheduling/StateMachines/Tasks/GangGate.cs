using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Tasks;

/// <summary>
/// Where a member of a gang waits with its grant for the others: its node has asked whether it may hand the attempt out, and is answered when the
/// region has seen a grant of every member.
/// </summary>
/// <remarks>Nothing of it is stored: a node that gets no answer asks again, and so does the gate of the next activation.</remarks>
internal sealed class GangGate
{
    /// <summary>A node asks one question at a time; older callers have given up.</summary>
    private const int HeldAtMost = 4;

    private readonly Queue<CallId> _waiting = new();
    private GangReady? _asked;

    public void Wait(AttemptId attempt, GangRun gang, RegionId region, CallId call, Effects effects)
    {
        if (_asked?.Attempt != attempt)
        {
            Close(effects);
            _asked = new GangReady(attempt, gang);
            effects.Send(Address.Of(region), _asked, SendMode.UntilAnswered);
        }

        _waiting.Enqueue(call);
        if (_waiting.Count > HeldAtMost) _waiting.Dequeue();
    }

    /// <summary>The region has answered: all may begin, or this one must go back.</summary>
    public void Opened(GangReady asked, Reply reply, int known, Effects effects)
    {
        if (_asked?.Attempt != asked.Attempt) return;
        _asked = null;
        var answer = reply is GangComplete ? reply : new Stale("gang", asked.Attempt.Number, known);
        while (_waiting.TryDequeue(out var call)) effects.Reply(call, answer);
    }

    /// <summary>The attempt is over, or another begins: whoever still waits has no right to it.</summary>
    public void Close(Effects effects)
    {
        if (_asked is not { } asked) return;
        _asked = null;
        effects.Drop(static (_, message) => message is GangReady);
        while (_waiting.TryDequeue(out var call)) effects.Reply(call, new Stale("gang", asked.Attempt.Number, asked.Attempt.Number));
    }
}
