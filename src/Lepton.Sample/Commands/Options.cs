using System.Globalization;

namespace Lepton.Sample.Commands;

/// <summary>The options of one command: `--name value ...`. Unknown, repeated, missing and malformed ones are refused.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, List<string>> _values = [];

    private Options() { }

    public static Options Parse(IReadOnlyList<string> args, params string[] known)
    {
        var options = new Options();
        List<string>? current = null;
        foreach (var word in args)
        {
            if (word.StartsWith("--", StringComparison.Ordinal))
            {
                var name = word[2..];
                if (!known.Contains(name))
                    throw new UsageException($"There is no option '{word}' here. Maybe one of --{string.Join(", --", known)}.");
                current = [];
                if (!options._values.TryAdd(name, current))
                    throw new UsageException($"Option '{word}' is given twice. Maybe drop one.");
            }
            else if (current is null)
            {
                throw new UsageException($"'{word}' belongs to no option. Maybe '--{known[0]} {word}'.");
            }
            else
            {
                current.Add(word);
            }
        }
        return options;
    }

    public IReadOnlyList<string> Many(string name) =>
        _values.TryGetValue(name, out var values) && values.Count > 0
            ? values
            : throw new UsageException($"Option '--{name}' needs a value.");

    public string One(string name)
    {
        var values = Many(name);
        return values.Count == 1
            ? values[0]
            : throw new UsageException($"Option '--{name}' takes one value, not {values.Count}: '{string.Join("' '", values)}'.");
    }

    public string One(string name, string orElse) => _values.ContainsKey(name) ? One(name) : orElse;

    public string ExistingFile(string name)
    {
        var path = One(name);
        return File.Exists(path)
            ? path
            : throw new UsageException($"--{name} '{path}' is not a file. Maybe it is relative to '{Environment.CurrentDirectory}'.");
    }

    public int Whole(string name, int least, int most, int? orElse = null)
    {
        if (orElse is { } value && !_values.ContainsKey(name)) return value;
        var text = One(name);
        return int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
            && number >= least && number <= most
                ? number
                : throw new UsageException($"--{name} '{text}' is not a whole number from {least} to {most}.");
    }

    public double Fraction(string name)
    {
        var text = One(name);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number is > 0 and <= 1
            ? number
            : throw new UsageException($"--{name} '{text}' is not a number above 0 and up to 1.");
    }
}
