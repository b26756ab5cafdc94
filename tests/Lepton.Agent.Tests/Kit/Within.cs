using System.Diagnostics;

namespace Lepton.Agent.Tests.Kit;

/// <summary>Waits for what must happen; the limit is far beyond what a slow machine needs, and says what was waited for.</summary>
internal static class Within
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    public static async Task<T> Limit<T>(Task<T> task, string what)
    {
        await Limit((Task)task, what);
        return await task;
    }

    public static async Task Limit(Task task, string what)
    {
        if (await Task.WhenAny(task, Task.Delay(s_limit)) != task) Assert.Fail($"Waited {s_limit.TotalSeconds} s for: {what}.");
        await task;
    }

    /// <summary>Looks again and again until it is so.</summary>
    public static async Task So(Func<bool> isSo, string what)
    {
        for (var watch = Stopwatch.StartNew(); !isSo(); await Task.Delay(10))
        {
            if (watch.Elapsed > s_limit) Assert.Fail($"Waited {s_limit.TotalSeconds} s until: {what}.");
        }
    }

    /// <summary>Waits until a file has a whole line and returns it.</summary>
    public static async Task<string> Line(string path)
    {
        await So(() => WholeFile.Line(path) is not null, $"a line in {path}");
        return WholeFile.Line(path)!;
    }
}
