using System.Runtime.CompilerServices;
using Lepton.Client.Wire;

namespace Lepton.Client;

/// <summary>
/// Reads a task's log on until its end: of one attempt, or, where none is named, of one attempt after the other until the task is over.
/// Outlives a silo that restarts: every page is asked by offset, so a failed read is repeated without loss and without doubling.
/// </summary>
public static class LogFollow
{
    /// <summary>How long reads may fail one after another before the follower gives up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>Pages in order; pages without bytes are passed on too where the attempt or the state is new.</summary>
    public static async IAsyncEnumerable<LogPage> Follow(
        this ILeptonTasks lepton,
        string id,
        LogRead start,
        TimeProvider time,
        [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var attempt = start.Attempt;
        var offset = start.Offset;
        var pause = ShortestPause;
        (int Attempt, string State)? seen = null;
        while (true)
        {
            var page = await ReadPatiently(lepton, id, start with { Attempt = attempt, Offset = offset }, time, cancel);
            if (page.Bytes.Length > 0 || seen != (page.Attempt, page.TaskState)) yield return page;
            seen = (page.Attempt, page.TaskState);

            if (page.Attempt > 0)
            {
                attempt ??= page.Attempt;
                offset = page.Next;
            }

            if (page.Bytes.Length > 0)
            {
                pause = ShortestPause;
                if (offset < page.Length) continue;
            }

            switch (Next(page, start.Attempt is not null))
            {
                case Step.End:
                    yield break;
                case Step.NextAttempt:
                    (attempt, offset, pause) = (attempt + 1, 0, ShortestPause);
                    break;
                default:
                    await Task.Delay(pause, time, cancel);
                    pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
                    break;
            }
        }
    }

    private enum Step
    {
        Wait,
        NextAttempt,
        End,
    }

    private static Step Next(LogPage page, bool oneAttempt)
    {
        var over = TaskStates.IsOver(page.TaskState);
        if (page.Attempt == 0) return over ? Step.End : Step.Wait;
        if (!page.Complete || page.Next < page.Length) return Step.Wait;
        if (oneAttempt) return Step.End;
        if (page.NewestAttempt > page.Attempt) return Step.NextAttempt;
        return over ? Step.End : Step.Wait;
    }

    private static async Task<LogPage> ReadPatiently(ILeptonTasks lepton, string id, LogRead read, TimeProvider time, CancellationToken cancel)
    {
        long? failingSince = null;
        var pause = ShortestPause;
        while (true)
        {
            try
            {
                return await lepton.ReadLogAsync(id, read, cancel);
            }
            catch (LeptonException e) when (ProblemCodes.IsTransient(e.Code))
            {
                failingSince ??= time.GetTimestamp();
                if (time.GetElapsedTime(failingSince.Value) > Patience) throw;
            }

            await Task.Delay(pause, time, cancel);
            pause = pause * 2 > LongestPause ? LongestPause : pause * 2;
        }
    }
}
