using Lepton.Client.Wire;

namespace Lepton.Client;

/// <summary>Asks again and again, with growing pauses, until the answer is the wanted one.</summary>
public static class Polling
{
    /// <summary>How long asks may fail one after another before the wait is given up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    public static async Task<T> Until<T>(
        Func<CancellationToken, Task<T>> ask,
        Func<T, bool> done,
        TimeProvider time,
        CancellationToken cancel)
    {
        var pause = ShortestPause;
        long? failingSince = null;
        while (true)
        {
            try
            {
                var answer = await ask(cancel);
                failingSince = null;
                if (done(answer)) return answer;
            }
            catch (LeptonException e) when (ProblemCodes.IsTransient(e.Code))
            {
                failingSince ??= time.GetTimestamp();
                if (time.GetElapsedTime(failingSince.Value) > Patience) throw;
            }

            await Task.Delay(pause, time, cancel);
            pause = pause * 1.5 > LongestPause ? LongestPause : pause * 1.5;
        }
    }
}
