using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Tasks;

/// <content>
/// Before a node hands the attempt out, the owner says whether it still counts: contact may have been lost and found again while this region was
/// down, and the owner may have taken the task back meanwhile.
/// </content>
public sealed partial class GuestMachine
{
    /// <summary>A node asks one question at a time; older callers have given up.</summary>
    private const int HeldAtMost = 4;

    private readonly Queue<CallId> _confirming = new();
    private readonly GangGate _gate = new();
    private ConfirmGrant? _asked;

    private void OnConfirm(ConfirmGrant confirm, CallId call, Effects effects)
    {
        if (_row is not { Phase: GuestPhase.Leased } row || confirm.Attempt != row.Attempt || confirm.Node != row.Node)
        {
            Replies.NotLive(call, confirm.Attempt.Number, _row?.Attempt.Number ?? 0, settings, effects);
            return;
        }

        if (confirm != _asked)
        {
            _confirming.Clear();
            effects.Drop(static (_, message) => message is ConfirmGrant);
            effects.Send(Address.Of(task), confirm, SendMode.UntilAnswered);
            _asked = confirm;
        }

        _confirming.Enqueue(call);
        if (_confirming.Count > HeldAtMost) _confirming.Dequeue();
    }

    private void OnOwnerConfirmed(ConfirmGrant asked, Reply reply, Moment now, Effects effects)
    {
        if (asked != _asked) return;
        _asked = null;
        var isLive = _row is { Phase: GuestPhase.Leased } row && asked.Attempt == row.Attempt && asked.Node == row.Node;
        Reply answer = isLive && reply is Ack ? reply : new Stale("attempt", asked.Attempt.Number, _row?.Attempt.Number ?? 0);
        while (_confirming.TryDequeue(out var call))
        {
            if (answer is Ack && _row!.Run?.Gang is { } gang) _gate.Wait(asked.Attempt, gang, self, call, effects);
            else effects.Reply(call, answer);
        }

        if (!isLive) return;
        if (reply is Ack) OnPlaced(_row!, effects);
        else End(AttemptEnd.Bare(AttemptEndCause.Superseded, $"Attempt {asked.Attempt} does not count any more: {Replies.TextOf(Address.Of(task), reply)}", now.At), effects);
    }
}
