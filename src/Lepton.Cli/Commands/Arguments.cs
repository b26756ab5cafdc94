using System.CommandLine;
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

    public static Option<int> Limit()
    {
        var option = new Option<int>("--limit")
        {
            Description = $"Entries of one page, 1 to {ListLimits.Longest}.",
            HelpName = "N",
            DefaultValueFactory = _ => ListLimits.Default,
        };
        option.Validators.Add(r =>
        {
            if (r.Errors.Any()) return;
            if (r.GetValueOrDefault<int>() is var n and (< 1 or > ListLimits.Longest)) r.AddError($"--limit is {n}; allowed are 1 to {ListLimits.Longest}.");
        });
        return option;
    }

    public static Option<string?> Cursor() => new("--cursor") { Description = "Where the page before said to go on.", HelpName = "CURSOR" };

    public static Option<string?> Owner() => new("--owner")
    {
        Description = "Region that owns the jobs. Default: the region of the server.",
        HelpName = "REGION",
    };
}
