using Lepton.Agent.Processes;

namespace Lepton.Agent;

/// <summary>Holds the state folder for one agent process; falls with the process, however it ends.</summary>
internal sealed class StateLock : IDisposable
{
    private const string Holder = "agent.pid";
    private const string Wanted = "wanted";
    private const string Parent = "agent.parent";

    /// <summary>EWOULDBLOCK, which the runtime passes on as the result when somebody else holds a file.</summary>
    private const int Held = 11;

    private readonly FileStream _lock;

    private StateLock(FileStream held) => _lock = held;

    /// <summary>
    /// Takes the folder. An agent that nobody wants any more (its parent is gone) hands it over; any other keeps it.
    /// </summary>
    /// <param name="patience">How long to wait for a holder that may be about to end by itself.</param>
    /// <param name="orphanPatience">How long to wait for one whose parent is gone: it will hand over, however slow the machine is.</param>
    /// <exception cref="InvalidOperationException">Another agent holds the folder.</exception>
    /// <exception cref="IOException">The folder cannot be used at all.</exception>
    public static async Task<StateLock> Take(string stateFolder, TimeSpan patience, TimeSpan? orphanPatience = null)
    {
        var wanted = Path.Combine(stateFolder, Wanted);
        var since = TimeProvider.System.GetTimestamp();
        while (true)
        {
            try
            {
                return Hold(new FileStream(Path.Combine(stateFolder, "lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), stateFolder);
            }
            catch (IOException failure) when (failure.HResult == Held)
            {
                if (TimeProvider.System.GetElapsedTime(since) < (IsHeldByOrphan(stateFolder) ? orphanPatience ?? patience : patience))
                {
                    if (!File.Exists(wanted)) WholeFile.Write(wanted, $"{Environment.ProcessId}\n");
                    await Task.Delay(100);
                    continue;
                }
                File.Delete(wanted);
                throw new InvalidOperationException(
                    $"The state folder '{stateFolder}' is in use by the agent with process id {WholeFile.Line(Path.Combine(stateFolder, Holder)) ?? "unknown"}. Maybe stop that one, or give this one another --state.");
            }
        }
    }

    /// <summary>Says who holds the folder; lets go of it when even that cannot be written.</summary>
    private static StateLock Hold(FileStream held, string stateFolder)
    {
        try
        {
            SayWhoHolds(stateFolder);
            File.Delete(Path.Combine(stateFolder, Wanted));
            return new StateLock(held);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>For the message to whom comes second; a full disk does without.</summary>
    private static void SayWhoHolds(string stateFolder)
    {
        try
        {
            WholeFile.Write(Path.Combine(stateFolder, Holder), $"{Environment.ProcessId}\n");
        }
        catch (IOException failure) when (DiskTrouble.IsFull(failure))
        {
        }
    }

    /// <summary>Says whose end makes this agent hand over; null = nobody's. Who comes second knows by it how long to wait.</summary>
    public static void SayParent(string stateFolder, int? pid)
    {
        var file = Path.Combine(stateFolder, Parent);
        File.Delete(file);
        if (pid is not { } parent) return;
        try
        {
            WholeFile.Write(file, FormattableString.Invariant($"{ProcessIdentity.ThisBoot} {parent} {ProcStat.Read(parent)?.StartTicks ?? 0}\n"));
        }
        catch (IOException failure) when (DiskTrouble.IsFull(failure))
        {
        }
    }

    private static bool IsHeldByOrphan(string stateFolder) =>
        WholeFile.Line(Path.Combine(stateFolder, Parent))?.Split(' ') is [var boot, var pid, var ticks]
        && int.TryParse(pid, out var parent) && long.TryParse(ticks, out var since)
        && !(boot == ProcessIdentity.ThisBoot && ProcStat.Read(parent) is { IsLiving: true } stat && stat.StartTicks == since);

    /// <summary>Does another agent wait for the folder?</summary>
    public static bool IsWanted(string stateFolder) => File.Exists(Path.Combine(stateFolder, Wanted));

    public void Dispose() => _lock.Dispose();
}
