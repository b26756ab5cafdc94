using Lepton.Client;
using Lepton.Client.Wire;

namespace Lepton.Cli.Waiting;

/// <summary>Follows the log of one task on stdout, with a note on stderr where another attempt begins.</summary>
internal static class LogStream
{
    public static async Task Follow(CommandContext context, string id, LogRead start)
    {
        var attempt = start.Attempt ?? 0;
        string? state = null;
        await foreach (var page in context.Lepton.Follow(id, start, context.Time, context.Cancel))
        {
            if (page.Attempt == 0 && state is null) context.Print.Note($"{page.Task} is {page.TaskState}; its log follows when it runs");
            if (page.Attempt != attempt && attempt != 0) context.Print.Note($"{page.Task} attempt {page.Attempt}");
            if (page.Attempt != 0) attempt = page.Attempt;
            state = page.TaskState;
            context.TimeoutExit = state == "Pending" ? ExitCodes.Refused : ExitCodes.TimedOut;
            if (page.Bytes.Length > 0) await context.Terminal.Raw(page.Bytes, context.Cancel);
        }
    }
}
