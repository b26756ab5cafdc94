using System.CommandLine;
using System.Globalization;
using Lepton.Client;

namespace Lepton.Cli.Commands;

/// <summary>Arguments and options that several commands share.</summary>
internal static class Arguments
{
    public static Argument<string> SpecFile() => new("file") { Description = "Job spec in YAML or JSON; - for stdin.", HelpName = "FILE" };

    public static Argument<string> Id(string what) => new("id") { Description = $"{what}; any unambiguous start will do.", HelpName = "ID" };

    public static Option<string[]> Set() => new("--set")
    {
        Description = "Change a field before it is read: resources.cpus=2, placement.regions+=ap-south.",
        HelpName = "PATH=VALUE",
        AllowMultipleArgumentsPerToken = false,
    };

    public static Option<int?> Limit() => Number("--limit", $"Entries of one page, 1 to {ListLimits.Longest}.", 1, ListLimits.Longest);

    /// <summary>A whole number within limits; null where it is not given.</summary>
    public static Option<int?> Number(string name, string description, int least, int most = int.MaxValue) => new(name)
    {
        Description = description,
        HelpName = "N",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            if (int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var n) && n >= least && n <= most) return n;
            result.AddError($"{name} is '{text}'; allowed are numbers {(most == int.MaxValue ? $"from {least} on" : $"{least} to {most}")}.");
            return null;
        },
    };

    public static Option<string?> Cursor() => new("--cursor") { Description = "Where the page before said to go on.", HelpName = "CURSOR" };

    public static Option<string?> Owner() => new("--owner")
    {
        Description = "Only jobs that this region owns.",
        HelpName = "REGION",
    };
}
