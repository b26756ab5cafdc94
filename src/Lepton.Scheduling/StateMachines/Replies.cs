using Lepton.Model;

namespace Lepton.Scheduling.StateMachines;

/// <summary>Answers that several machines give in the same words.</summary>
internal static class Replies
{
    public static Refused DoesNotTake(Address self, Message message) =>
        new(RefusalCode.Invalid, $"{self} does not take {message.GetType().Name}.", "Maybe the message was sent to the wrong kind of machine.");

    /// <summary>What a person reads when this answer made an attempt end.</summary>
    public static string TextOf(Address from, Reply reply) => reply switch
    {
        Refused refused => refused.Hint is null ? refused.Text : $"{refused.Text} {refused.Hint}",
        Stale stale => $"{from} refused {stale.What} {stale.Given}: it knows {stale.Known}.",
        _ => $"{from} answered {reply.GetType().Name}.",
    };
}
