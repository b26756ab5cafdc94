using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Hosting;

/// <summary>Notes beside artifacts that may not be everywhere. Content of which one owner says nothing may be anywhere: it is the same content.</summary>
/// <remarks>A note is there before the content and goes after it: what stops between the two leaves too strict a note, never none.</remarks>
internal static class WithinNotes
{
    private const string Ending = ".within";

    /// <summary>Default: anywhere.</summary>
    public static ImmutableArray<RegionId> Read(string artifact)
    {
        try
        {
            return [.. File.ReadAllLines(artifact + Ending).Where(line => line.Length > 0).Select(line => new RegionId(line))];
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return default;
        }
    }

    /// <summary>Content that comes for the first time.</summary>
    public static void Write(string artifact, ImmutableArray<RegionId> within)
    {
        if (within.IsDefault)
        {
            Remove(artifact);
            return;
        }

        Directory.CreateDirectory(Path.GetDirectoryName(artifact)!);
        var unfinished = artifact + Ending + ".new";
        using (var file = new FileStream(unfinished, FileMode.Create, FileAccess.Write))
        using (var writer = new StreamWriter(file))
        {
            foreach (var region in within) writer.WriteLine(region.Value);
            writer.Flush();
            file.Flush(flushToDisk: true);
        }

        File.Move(unfinished, artifact + Ending, overwrite: true);
    }

    /// <summary>Content that is here comes again from somebody else.</summary>
    public static void Widen(string artifact, ImmutableArray<RegionId> within)
    {
        if (Read(artifact) is not { IsDefault: false } before) return;
        if (within.IsDefault) Remove(artifact);
        else if (within.Any(region => !before.Contains(region))) Write(artifact, [.. before.Union(within).Order()]);
    }

    public static void Remove(string artifact)
    {
        if (File.Exists(artifact + Ending)) File.Delete(artifact + Ending);      // there may be no folder yet
    }

    /// <summary>As in a header, and as people read it.</summary>
    public static string Words(ImmutableArray<RegionId> within) => within.IsEmpty ? "no region" : string.Join(", ", within);

    public static string Header(ImmutableArray<RegionId> within) => string.Join(',', within);

    /// <summary>What a header says; default where there is none.</summary>
    /// <exception cref="InvalidDataException">A name that is not one of a region.</exception>
    public static ImmutableArray<RegionId> Of(string? header)
    {
        if (header is null) return default;
        var names = header.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return [.. names.Select(name => name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') ? new RegionId(name) : throw new InvalidDataException($"\"{name}\" is no name of a region. Maybe us-east."))];
    }
}
