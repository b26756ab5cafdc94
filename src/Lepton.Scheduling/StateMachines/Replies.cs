using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines;

/// <summary>Answers that several machines give in the same words.</summary>
internal static class Replies
{
    public static Refused DoesNotTake(Address self, Message message) =>
        new(RefusalCode.Invalid, $"{self} does not take {message.GetType().Name}.", "Maybe the message was sent to the wrong kind of machine.");

    /// <summary>
    /// The word of a task's record about an attempt that is not its live one. Of an attempt newer than the record knows nothing is said: another
    /// activation began it, so this one is behind the store.
    /// </summary>
    public static void NotLive(CallId call, int given, int known, RegionSettings settings, Effects effects)
    {
        if (given <= known)
        {
            // Of its newest attempt an older activation may know less than another one has written: the write is the proof that it does not.
            if (given == known) effects.Save();
            effects.Reply(call, new Stale("attempt", given, known));
            return;
        }

        effects.Reply(call, new Busy(settings.ResendFirst));
        effects.StartOver();
    }

    /// <summary>What a person reads when this answer made an attempt end.</summary>
    public static string TextOf(Address from, Reply reply) => reply switch
    {
        Refused refused => refused.Hint is null ? refused.Text : $"{refused.Text} {refused.Hint}",
        Stale stale => $"{from} refused {stale.What} {stale.Given}: it knows {stale.Known}.",
        _ => $"{from} answered {reply.GetType().Name}.",
    };
}
