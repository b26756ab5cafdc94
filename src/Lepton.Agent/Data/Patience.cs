using Lepton.Contracts;

namespace Lepton.Agent.Data;

/// <summary>Repeats a call to the region's data until it is answered, for a bounded time.</summary>
internal static class Patience
{
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(5);

    /// <summary>The result, or the last failure once the time is over.</summary>
    public static async Task<T> Try<T>(TimeSpan limit, Func<CancellationToken, Task<T>> call, CancellationToken cancel)
    {
        var since = TimeProvider.System.GetTimestamp();
        for (var pause = s_first; ; pause = pause * 2 < s_longest ? pause * 2 : s_longest)
        {
            try
            {
                return await call(cancel);
            }
            catch (Exception failure) when (IsPassing(failure) && TimeProvider.System.GetElapsedTime(since) < limit)
            {
                await Task.Delay(pause, cancel);
            }
        }
    }

    /// <summary>May the same call work later?</summary>
    public static bool IsPassing(Exception failure) =>
        failure is StoreUnavailableException || (failure is IOException and not FileNotFoundException and not DirectoryNotFoundException);
}
