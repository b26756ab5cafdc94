using System.CommandLine;
using System.Globalization;

namespace Lepton.Benchmarks.Verbs;

/// <summary>Ranges of numbers given on the command line, refused before anything is measured.</summary>
internal static class OptionRules
{
    public static Option<int> AtLeast(this Option<int> option, long least, long most = int.MaxValue) => option.Within(least, most);

    public static Option<int?> AtLeast(this Option<int?> option, long least, long most = int.MaxValue) => option.Within(least, most);

    public static Option<long> AtLeast(this Option<long> option, long least, long most = long.MaxValue) => option.Within(least, most);

    /// <summary>A number above <paramref name="least"/>, up to and with <paramref name="most"/>.</summary>
    public static Option<double> Above(this Option<double> option, double least, double most = 1e9) =>
        option.Judged(v => v > least && v <= most, Text($"a number above {least}, at most {most}"));

    /// <summary>A number from <paramref name="least"/> to <paramref name="most"/>, both allowed.</summary>
    public static Option<double> From(this Option<double> option, double least, double most) =>
        option.Judged(v => v >= least && v <= most, Text($"a number from {least} to {most}"));

    private static TOption Within<TOption>(this TOption option, long least, long most)
        where TOption : Option => option.Judged(
        v => v >= least && v <= most && Math.Floor(v) == v,
        most is int.MaxValue or long.MaxValue ? Text($"a whole number, at least {least}") : Text($"a whole number from {least} to {most}"));

    private static TOption Judged<TOption>(this TOption option, Func<double, bool> isFine, string wanted)
        where TOption : Option
    {
        option.Validators.Add(result =>
        {
            foreach (var token in result.Tokens)
            {
                // What is no number at all, the parser says itself.
                if (double.TryParse(token.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) && !isFine(value))
                    result.AddError($"{option.Name} is {token.Value}; it must be {wanted}.");
            }
        });
        return option;
    }

    private static string Text(FormattableString text) => FormattableString.Invariant(text);
}
