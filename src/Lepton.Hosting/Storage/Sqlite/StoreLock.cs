using System.Globalization;
using Lepton.Contracts;

namespace Lepton.Hosting;

/// <summary>
/// The right of one process to a store file: <c>file.lock</c>, held open with an exclusive lock that the system lets go when the process
/// ends, however it ends. <c>file.pid</c> says pid and machine of the holder, for the message to whom comes second (a locked file cannot
/// be read).
/// </summary>
internal sealed class StoreLock : IDisposable
{
    private readonly FileStream _file;

    private StoreLock(FileStream file) => _file = file;

    /// <exception cref="StoreUnavailableException">Another process holds it, or the folder takes no files.</exception>
    public static StoreLock Take(string storePath)
    {
        var path = storePath + ".lock";
        FileStream file;
        try
        {
            file = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StoreUnavailableException($"The store '{storePath}' cannot be locked: {e.Message} Maybe give this user write access to its folder.", false, e);
        }
        catch (IOException e)
        {
            throw new StoreUnavailableException(
                File.Exists(path)
                    ? $"The store '{storePath}' is in use by {Holder(storePath)}. Maybe stop that process, or give this region another data folder."
                    : $"The store '{storePath}' cannot be locked: {e.Message} Maybe the folder is read-only or its disk is full.",
                false,
                e);
        }

        try
        {
            File.WriteAllText(
                PidFile(storePath), string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId} {Environment.MachineName}\n"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            file.Dispose();
            throw new StoreUnavailableException($"The store '{storePath}' cannot be locked: {e.Message} Maybe its disk is full.", false, e);
        }

        return new StoreLock(file);
    }

    public void Dispose() => _file.Dispose();      // the file stays: removing it would race with whoever opens it next

    private static string PidFile(string storePath) => storePath + ".pid";

    private static string Holder(string storePath)
    {
        try
        {
            var words = File.ReadAllText(PidFile(storePath)).Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
            if (words.Length == 2)
            {
                var name = words[1] == Environment.MachineName && int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? Lepton.Linux.Processes.NameOf(pid) : null;
                return $"process {words[0]}{(name is null ? "" : $" ({name})")} on {words[1]}";
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The holder is only just writing it: the message does without the number.
        }

        return "another process";
    }
}
