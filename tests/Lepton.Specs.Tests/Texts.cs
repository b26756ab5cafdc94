using Lepton.Model;

namespace Lepton.Specs.Tests;

/// <summary>Short ways to read a text in tests.</summary>
internal static class Texts
{
    public const string Header = "apiVersion: lepton.dev/v1\n";

    public static readonly SpecContext Fleet = new() { KnownRegions = [new("us-east"), new("eu-west"), new("ap-south")] };

    public static readonly SpecContext InFolder = new() { BaseFolder = "/home/me/specs" };

    /// <summary>A task with a command and more fields.</summary>
    public static string Task(string more = "", string run = "run: {command: [a]}") => $"{Header}kind: Task\nname: t\n{run}\n{more}\n";

    public static string Job(string tasks, string more = "") => $"{Header}kind: Job\nname: j\n{more}\ntasks:\n{tasks}\n";

    public static JobSpec Accepted(string text, SpecContext? context = null)
    {
        var result = SpecReader.Read(text, SpecFormat.Detect, context ?? SpecContext.None);
        Assert.True(result.Spec is not null, string.Join('\n', result.Errors));
        Assert.NotNull(result.Document);
        Assert.Empty(result.Errors);
        return result.Spec;
    }

    public static JobDocument Document(string text, SpecContext? context = null)
    {
        Accepted(text, context);
        return SpecReader.Read(text, SpecFormat.Detect, context ?? SpecContext.None).Document!;
    }

    /// <summary>All errors, as a person reads them.</summary>
    public static string[] Refused(string text, SpecContext? context = null)
    {
        var result = SpecReader.Read(text, SpecFormat.Detect, context ?? SpecContext.None);
        Assert.Null(result.Spec);
        Assert.Null(result.Document);
        Assert.NotEmpty(result.Errors);
        return [.. result.Errors.Select(e => e.ToString())];
    }

    public static void RefusedWith(string text, string expected, SpecContext? context = null) => Assert.Equal([expected], Refused(text, context));
}
