using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Specs;

/// <summary>
/// What reading a spec gave: the accepted spec and its document, or every error found. Never both, never neither.
/// </summary>
public sealed record SpecResult(JobSpec? Spec, JobDocument? Document, ImmutableArray<SpecError> Errors)
{
    internal static SpecResult Refused(ErrorList errors) => new(null, null, errors.ToImmutable());
}
