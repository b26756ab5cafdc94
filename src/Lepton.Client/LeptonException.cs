using System.Collections.Immutable;
using Lepton.Client.Wire;

namespace Lepton.Client;

/// <summary>What was asked is not done, and <see cref="Problem"/> says why and what to do.</summary>
public sealed class LeptonException(Problem problem, Exception? inner = null) : Exception(problem.Detail, inner)
{
    public Problem Problem => problem;

    public string Code => problem.Code;

    /// <summary>Time before a repeat makes sense, where the server named one.</summary>
    public TimeSpan? RetryAfter => problem.RetryAfterSeconds is { } s ? TimeSpan.FromSeconds(s) : null;

    /// <summary>An exception with the status that belongs to its code.</summary>
    public static LeptonException Of(
        string code,
        string detail,
        string? hint = null,
        ImmutableArray<ProblemError>? errors = null,
        TimeSpan? retryAfter = null,
        Exception? inner = null) =>
        new(
            new Problem
            {
                Code = code,
                Title = ProblemCodes.TitleOf(code),
                Status = ProblemCodes.StatusOf(code),
                Detail = detail,
                Hint = hint,
                Errors = errors,
                RetryAfterSeconds = retryAfter is { } t ? Math.Max(1, (int)Math.Ceiling(t.TotalSeconds)) : null,
            },
            inner);
}
