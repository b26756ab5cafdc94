using System.Collections.Immutable;

namespace Lepton.Client.Wire;

/// <summary>Body of every error (RFC 9457 with <c>code</c>, <c>errors</c>, <c>traceId</c> and <c>hint</c>).</summary>
public sealed record Problem
{
    public string? Type { get; init; }

    public required string Title { get; init; }

    public required int Status { get; init; }

    /// <summary>What is wrong, with the values.</summary>
    public required string Detail { get; init; }

    /// <summary>One of <see cref="ProblemCodes"/>.</summary>
    public required string Code { get; init; }

    /// <summary>What to do about it.</summary>
    public string? Hint { get; init; }

    public string? TraceId { get; init; }

    public ImmutableArray<ProblemError>? Errors { get; init; }

    public int? RetryAfterSeconds { get; init; }
}

/// <summary>One of several errors, with its place in the body where there is one. Line and column count from 1.</summary>
public sealed record ProblemError
{
    public string? Path { get; init; }

    public int? Line { get; init; }

    public int? Column { get; init; }

    public required string Message { get; init; }

    public string? Hint { get; init; }
}
