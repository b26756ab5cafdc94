using Lepton.Contracts;

namespace Lepton.Cli.Doctor;

/// <summary>Whether stores can be used by this version, and who uses them now. They are only looked at, never opened.</summary>
internal static class StoreChecks
{
    private const string File = "region.db";

    /// <summary>The data folders of a local fleet's regions.</summary>
    public static IReadOnlyList<string> FoldersOf(IMachine machine, string home) => machine.Folders(Path.Combine(home, "regions"));

    public static IEnumerable<Finding> All(IMachine machine, IEnumerable<string> folders)
    {
        var any = false;
        foreach (var folder in folders.Where(f => machine.Exists(Path.Combine(f, File))))
        {
            any = true;
            yield return One(machine, Path.Combine(folder, File));
        }

        if (!any) yield return Finding.Ok("store", "none here yet; a silo makes it");
    }

    public static Finding One(IMachine machine, string path)
    {
        if (machine.ReadStart(path, StoreFormat.HeaderBytes) is not { } header) return Finding.Fail("store", $"{path} cannot be read by this user", "Correct its permissions, or run as the silo's user.");
        var holder = machine.HolderOfStore(path) is { } process ? $"in use by {process}" : "not in use";
        if (header.Length == 0) return Finding.Ok("store", $"{path}: empty, {holder}");
        if (StoreFormat.Read(header) is not var (application, schema)) return Finding.Fail("store", $"{path} is no SQLite file ({holder})", "Restore it from a copy; a silo leaves it as it is.");
        // Until its first checkpoint a young file has both numbers in its log only.
        if (application == 0 && machine.Exists(path + "-wal")) return Finding.Ok("store", $"{path}: young, its contents are still in its log; {holder}");
        if (application != StoreFormat.ApplicationId) return Finding.Fail("store", $"{path} is a database of another program (application id {application})", "Name another folder; a silo leaves it as it is.");
        return schema > StoreFormat.Schema
            ? Finding.Fail("store", $"{path} has schema {schema}, this version knows {StoreFormat.Schema} ({holder})", "Upgrade, or restore the copy made before the upgrade.")
            : Finding.Ok("store", $"{path}: schema {schema}, {holder}");
    }
}
