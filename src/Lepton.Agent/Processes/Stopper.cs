namespace Lepton.Agent.Processes;

/// <summary>The stop sequence: SIGTERM to the group, grace, SIGKILL; the sweep of what escaped follows the exit in any case.</summary>
/// <param name="askFirst">Another way to ask the command, where a signal to its group might get lost; false: it did not arrive. Null: there is none.</param>
internal sealed class Stopper(ProcessHandle process, Func<Task<bool>>? askFirst = null)
{
    private int _asked;

    /// <summary>Asks the process to stop within the grace; null = kill now. Further calls can only hasten it.</summary>
    public void Stop(TimeSpan? grace)
    {
        if (grace is null || grace <= TimeSpan.Zero)
        {
            process.SignalGroup(Native.SigKill);
            return;
        }
        if (Interlocked.Exchange(ref _asked, 1) == 0)
        {
            _ = Ask();
        }
        _ = KillAfter(grace.Value);
    }

    private async Task Ask()
    {
        if (askFirst is not null && await askFirst()) return;
        process.SignalGroup(Native.SigTerm);
        process.SignalGroup(Native.SigCont);        // a stopped process gets its SIGTERM only when it goes on
    }

    private async Task KillAfter(TimeSpan grace)
    {
        using var cancel = new CancellationTokenSource();
        await Task.WhenAny(process.Exited, Task.Delay(grace, cancel.Token));
        await cancel.CancelAsync();
        process.SignalGroup(Native.SigKill);
    }
}
