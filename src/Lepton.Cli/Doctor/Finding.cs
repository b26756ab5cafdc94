namespace Lepton.Cli.Doctor;

/// <summary>What one check found.</summary>
/// <param name="Level">ok, warn or fail.</param>
/// <param name="Do">What helps; null where nothing is wrong.</param>
internal sealed record Finding(string Check, string Level, string Message, string? Do = null)
{
    public const string IsOk = "ok";
    public const string IsWarning = "warn";
    public const string IsFailure = "fail";

    public static Finding Ok(string check, string message) => new(check, IsOk, message);

    public static Finding Warn(string check, string message, string what) => new(check, IsWarning, message, what);

    public static Finding Fail(string check, string message, string what) => new(check, IsFailure, message, what);
}
