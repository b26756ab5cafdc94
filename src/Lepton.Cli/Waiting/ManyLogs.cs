using System.Buffers;
using Lepton.Client;
using Lepton.Client.Wire;

namespace Lepton.Cli.Waiting;

/// <summary>Follows the logs of all tasks of a job at once: whole lines, each with the index of its task before it.</summary>
internal sealed class ManyLogs(CommandContext context) : IDisposable
{
    /// <summary>Tasks of a job that are followed at once; for more, one at a time by its id.</summary>
    public const int MostTasks = 32;

    private readonly SemaphoreSlim _turn = new(1);

    public Task Follow(string job, int tasks) =>
        Task.WhenAll(Enumerable.Range(0, tasks).Select(index => FollowOne($"{job}/{index}", $"{index}| ")));

    public void Dispose() => _turn.Dispose();

    private async Task FollowOne(string id, string prefix)
    {
        var rest = new ArrayBufferWriter<byte>();
        var before = System.Text.Encoding.UTF8.GetBytes(prefix);
        await foreach (var page in context.Lepton.Follow(id, new LogRead(), context.Time, context.Cancel))
        {
            rest.Write(page.Bytes.Span);
            var cut = rest.WrittenSpan.LastIndexOf((byte)'\n') + 1;
            if (cut == 0) continue;
            await Write(Prefixed(rest.WrittenSpan[..cut], before));
            var open = rest.WrittenSpan[cut..].ToArray();
            rest.ResetWrittenCount();
            rest.Write(open);
        }

        if (rest.WrittenCount > 0) await Write(Prefixed([.. rest.WrittenSpan, (byte)'\n'], before));
    }

    private static byte[] Prefixed(ReadOnlySpan<byte> lines, ReadOnlySpan<byte> prefix)
    {
        var text = new ArrayBufferWriter<byte>(lines.Length * 2);
        while (!lines.IsEmpty)
        {
            var end = lines.IndexOf((byte)'\n') + 1;
            text.Write(prefix);
            text.Write(lines[..end]);
            lines = lines[end..];
        }

        return text.WrittenSpan.ToArray();
    }

    private async Task Write(byte[] lines)
    {
        await _turn.WaitAsync(context.Cancel);
        try
        {
            await context.Terminal.Raw(lines, context.Cancel);
        }
        finally
        {
            _turn.Release();
        }
    }
}
