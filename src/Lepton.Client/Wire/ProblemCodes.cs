namespace Lepton.Client.Wire;

/// <summary>The closed list of <c>code</c> in error bodies, each with its HTTP status and title.</summary>
public static class ProblemCodes
{
    public const string NotFound = nameof(NotFound);
    public const string AmbiguousId = nameof(AmbiguousId);
    public const string BadParameter = nameof(BadParameter);
    public const string MalformedJson = nameof(MalformedJson);
    public const string InvalidSpec = nameof(InvalidSpec);
    public const string NeverFits = nameof(NeverFits);
    public const string IdempotencyKeyReused = nameof(IdempotencyKeyReused);
    public const string Conflict = nameof(Conflict);
    public const string AlreadyEnded = nameof(AlreadyEnded);
    public const string Stale = nameof(Stale);
    public const string TooLarge = nameof(TooLarge);
    public const string UnsupportedMediaType = nameof(UnsupportedMediaType);
    public const string MethodNotAllowed = nameof(MethodNotAllowed);
    public const string ForbiddenHost = nameof(ForbiddenHost);
    public const string ForbiddenOrigin = nameof(ForbiddenOrigin);
    public const string NotLoopback = nameof(NotLoopback);
    public const string ResidencyForbids = nameof(ResidencyForbids);
    public const string Busy = nameof(Busy);
    public const string LimitReached = nameof(LimitReached);
    public const string RegionUnreachable = nameof(RegionUnreachable);
    public const string UnknownWhetherAccepted = nameof(UnknownWhetherAccepted);
    public const string StoreUnavailable = nameof(StoreUnavailable);
    public const string Internal = nameof(Internal);

    /// <summary>Made by the client: nothing answered at the server's address.</summary>
    public const string ServerUnreachable = nameof(ServerUnreachable);

    /// <summary>Made by the client: the answer is not one of this API.</summary>
    public const string UnexpectedAnswer = nameof(UnexpectedAnswer);

    public static int StatusOf(string code) => code switch
    {
        AmbiguousId or BadParameter or MalformedJson => 400,
        ForbiddenHost or ForbiddenOrigin or NotLoopback or ResidencyForbids => 403,
        NotFound => 404,
        MethodNotAllowed => 405,
        Conflict or AlreadyEnded or Stale => 409,
        TooLarge => 413,
        UnsupportedMediaType => 415,
        InvalidSpec or NeverFits or IdempotencyKeyReused => 422,
        LimitReached or Busy => 429,
        RegionUnreachable or UnknownWhetherAccepted or StoreUnavailable or ServerUnreachable => 503,
        UnexpectedAnswer => 502,
        _ => 500,
    };

    public static string TitleOf(string code) => code switch
    {
        NotFound => "Not found",
        AmbiguousId => "Id is ambiguous",
        BadParameter => "Bad parameter",
        MalformedJson => "Malformed JSON",
        InvalidSpec => "Invalid spec",
        NeverFits => "No node could ever fit this",
        IdempotencyKeyReused => "Idempotency key was used with another body",
        Conflict => "Conflict",
        AlreadyEnded => "Already ended",
        Stale => "Stale version",
        TooLarge => "Body too large",
        UnsupportedMediaType => "Unsupported media type",
        MethodNotAllowed => "Method not allowed",
        ForbiddenHost => "Host not allowed",
        ForbiddenOrigin => "Origin not allowed",
        NotLoopback => "Not reachable from other machines",
        ResidencyForbids => "Residency forbids",
        Busy => "Too busy",
        LimitReached => "Limit reached",
        RegionUnreachable => "Region unreachable",
        UnknownWhetherAccepted => "Unknown whether accepted",
        StoreUnavailable => "Store unavailable",
        ServerUnreachable => "Server unreachable",
        UnexpectedAnswer => "Unexpected answer",
        _ => "Internal error",
    };

    /// <summary>True when the same request may succeed a little later, with nothing changed.</summary>
    public static bool IsTransient(string code) =>
        code is Busy or RegionUnreachable or UnknownWhetherAccepted or StoreUnavailable or ServerUnreachable;
}
