using Lepton.Client.Wire;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Client.Cluster;

/// <summary>Asks a machine anywhere in the fleet and turns every reply that is not the wanted one into an error a person can act on.</summary>
internal sealed class MachineAsker(IRegionGateway gateway)
{
    /// <exception cref="LeptonException">Refused, busy, or no answer.</exception>
    public async Task<T> Ask<T>(Address to, Message message, CancellationToken cancel)
        where T : Reply =>
        await gateway.Ask(to, message, cancel) switch
        {
            T wanted => wanted,
            Refused refused => throw Of(refused),
            Busy busy => throw LeptonException.Of(
                ProblemCodes.Busy,
                $"Region {to.Region} has too much unhandled to take more.",
                "Ask again after the given time.",
                retryAfter: busy.RetryAfter),
            Unanswered silent => throw Unreachable(to.Region, silent.Why),
            Stale stale => throw LeptonException.Of(
                ProblemCodes.Stale,
                $"{stale.What} {stale.Given} is older than {stale.Known}.",
                "Read it again, then decide again."),
            var other => throw LeptonException.Of(ProblemCodes.Internal, $"{to} answered {message.GetType().Name} with {other.GetType().Name}."),
        };

    /// <summary>Null when the machine says that there is no such thing.</summary>
    public async Task<T?> Find<T>(Address to, Message message, CancellationToken cancel)
        where T : Reply
    {
        try
        {
            return await Ask<T>(to, message, cancel);
        }
        catch (LeptonException e) when (e.Code == ProblemCodes.NotFound)
        {
            return null;
        }
    }

    /// <summary>Null when no answer came or it was refused: for what makes a picture better but not right.</summary>
    public async Task<T?> Try<T>(Address to, Message message, CancellationToken cancel)
        where T : Reply => await gateway.Ask(to, message, cancel) as T;

    public static LeptonException Unreachable(RegionId region, string why) => LeptonException.Of(
        ProblemCodes.RegionUnreachable,
        $"Region {region} does not answer: {why}",
        $"Wait until {region} is back, or look at `lepton regions`; other regions go on.",
        retryAfter: TimeSpan.FromSeconds(2));

    private static LeptonException Of(Refused refused) => LeptonException.Of(
        refused.Code switch
        {
            RefusalCode.NotFound => ProblemCodes.NotFound,
            RefusalCode.Conflict => ProblemCodes.Conflict,
            RefusalCode.Invalid => ProblemCodes.InvalidSpec,
            RefusalCode.NeverFits => ProblemCodes.NeverFits,
            RefusalCode.AlreadyEnded => ProblemCodes.AlreadyEnded,
            RefusalCode.LimitReached => ProblemCodes.LimitReached,
            RefusalCode.StoreUnavailable => ProblemCodes.StoreUnavailable,
            RefusalCode.RegionUnreachable => ProblemCodes.RegionUnreachable,
            RefusalCode.NotReady or RefusalCode.StillRunning or RefusalCode.DoesNotFit => ProblemCodes.Busy,
            RefusalCode.NotOwner => ProblemCodes.Conflict,
            _ => ProblemCodes.Internal,
        },
        refused.Text,
        refused.Hint);
}
