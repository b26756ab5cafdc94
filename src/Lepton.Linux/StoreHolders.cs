using System.Globalization;

namespace Lepton.Linux;

/// <summary>Who has a region's store open, by the files that lie beside it.</summary>
public static class StoreHolders
{
    /// <summary>The process that holds <c>file.lock</c>; null when nobody does (the number in <c>file.pid</c> outlives its process).</summary>
    public static Holder? Of(string store)
    {
        var lockFile = Path.GetFullPath(store) + ".lock";
        var words = (Processes.Read(store + ".pid") ?? "").Split([' ', '\n'], StringSplitOptions.RemoveEmptyEntries);
        if (words.Length != 2 || words[1] != Environment.MachineName) return null;
        if (!int.TryParse(words[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid) || !Processes.IsAlive(pid)) return null;
        return Processes.HasOpen(pid, link => link == lockFile) == false ? null : new Holder(pid, Processes.NameOf(pid));
    }
}
