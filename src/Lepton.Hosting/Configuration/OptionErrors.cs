using Microsoft.Extensions.Options;

namespace Lepton.Hosting;

/// <summary>Collects every error of an options object, so that nobody repairs them one start at a time.</summary>
internal sealed class OptionErrors(string section)
{
    private readonly List<string> _all = [];

    public IReadOnlyList<string> All => _all;

    public void Check(bool good, string name, object? value, string wanted)
    {
        if (!good) _all.Add(FormattableString.Invariant($"{section}.{name} is '{value}'. Maybe use {wanted}."));
    }

    public void Range(TimeSpan value, TimeSpan low, TimeSpan high, string name) =>
        Check(value >= low && value <= high, name, value, $"{low} to {high}");

    /// <summary>The form that the options system wants.</summary>
    public static ValidateOptionsResult Result(IReadOnlyList<string> errors) =>
        errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
}
