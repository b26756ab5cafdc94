namespace Lepton.Cuda;

/// <summary>A value, or the reason why there is none. Nothing about devices is reported by exception.</summary>
public sealed record ProbeResult<T>(T? Value, ProbeError? Error)
    where T : class
{
    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(true, nameof(Value))]
    [System.Diagnostics.CodeAnalysis.MemberNotNullWhen(false, nameof(Error))]
    public bool Ok => Error is null;

    public static implicit operator ProbeResult<T>(T value) => new(value, null);

    public static implicit operator ProbeResult<T>(ProbeError error) => new(null, error);
}
