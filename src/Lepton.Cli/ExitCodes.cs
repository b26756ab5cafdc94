using Lepton.Client;
using Lepton.Client.Wire;

namespace Lepton.Cli;

/// <summary>What the process tells its caller. Scripts rely on these numbers.</summary>
internal static class ExitCodes
{
    public const int Done = 0;
    public const int Failure = 1;
    public const int Usage = 2;

    /// <summary>Refused; or still pending (<c>explain</c>, and a wait that ran out of time while pending).</summary>
    public const int Refused = 3;

    public const int NotFound = 4;
    public const int Conflict = 5;
    public const int Unauthorised = 6;
    public const int Unreachable = 7;

    /// <summary>The task or job that was waited for did not succeed.</summary>
    public const int TaskFailed = 8;

    public const int TimedOut = 124;
    public const int Interrupted = 130;

    public static int Of(LeptonException e) => e.Code switch
    {
        ProblemCodes.NotFound => NotFound,
        ProblemCodes.AmbiguousId or ProblemCodes.BadParameter or ProblemCodes.MalformedJson or ProblemCodes.InvalidSpec or ProblemCodes.TooLarge
            or ProblemCodes.UnsupportedMediaType or ProblemCodes.MethodNotAllowed => Usage,
        ProblemCodes.NeverFits or ProblemCodes.ResidencyForbids or ProblemCodes.LimitReached or ProblemCodes.Busy => Refused,
        ProblemCodes.Conflict or ProblemCodes.AlreadyEnded or ProblemCodes.Stale or ProblemCodes.IdempotencyKeyReused => Conflict,
        ProblemCodes.ForbiddenHost or ProblemCodes.ForbiddenOrigin or ProblemCodes.NotLoopback => Unauthorised,
        ProblemCodes.ServerUnreachable or ProblemCodes.RegionUnreachable or ProblemCodes.StoreUnavailable
            or ProblemCodes.UnknownWhetherAccepted => Unreachable,
        _ => e.Problem.Status is 401 or 403 ? Unauthorised : Failure,
    };
}
