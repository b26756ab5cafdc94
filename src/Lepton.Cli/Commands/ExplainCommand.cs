using System.CommandLine;
using Lepton.Cli.Output;
using Lepton.Client.Wire;

namespace Lepton.Cli.Commands;

/// <summary><c>lepton explain ID</c>: why a task is where it is, region by region, and what would help. Exit code 3 while it is pending.</summary>
internal static class ExplainCommand
{
    private static readonly TimeSpan AtOnce = TimeSpan.FromSeconds(2);

    public static Command Create(Runner runner)
    {
        var id = Arguments.Id("Task (or a job that has one task)");
        var command = new Command("explain", "Say why a task waits and what would help; exit code 3 while it is pending.") { id };
        runner.Bind(command, async (parsed, context) =>
        {
            var said = await context.Lepton.ExplainAsync(parsed.GetRequiredValue(id), context.Cancel);
            context.Print.Data(said, LeptonJson.Default.TaskExplanation, e => [e.Task], e => Show(context, e));
            return said.State == "Pending" ? ExitCodes.Refused : ExitCodes.Done;
        });
        return command;
    }

    private static void Show(CommandContext context, TaskExplanation said)
    {
        var position = said.QueuePosition is { } p ? $"  (position {p} in the queue)" : "";
        context.Print.Line($"WHY    {said.Reason ?? said.State}: {said.Evidence}{position}");
        if (said.Regions.Length > 0)
        {
            var grid = new Grid("REGION", "NODES", "FIT", "REASON", "TURNED DOWN BECAUSE");
            foreach (var r in said.Regions) grid.Add(r.Region, $"{r.Nodes}", $"{r.Fitting}", r.Reason, OutlookView.Because(r));
            context.Print.Table(grid);
        }

        if (said.Start is { } start) context.Print.Line($"START  {When(start, said.EvaluatedAt)}");
        for (var i = 0; i < said.Next.Length; i++) context.Print.Line($"{(i == 0 ? "NEXT" : "    ")}   {said.Next[i]}");
    }

    /// <summary>From now on, and how far off it may be.</summary>
    private static string When(StartRange start, DateTimeOffset now)
    {
        if (start.Latest <= now + AtOnce) return "now";
        var expected = start.Expected <= now + AtOnce ? "now" : $"in {Words.Span(start.Expected - now)}, at {start.Expected.ToUniversalTime():yyyy-MM-dd HH:mm:ss}Z";
        return $"{expected} (from {Words.Span(start.Earliest - now)} to {Words.Span(start.Latest - now)}, if what runs takes half or twice as long as expected)";
    }
}
