namespace Lepton.Agent;

/// <summary>Files that appear by rename only, so that nobody ever reads half of one.</summary>
internal static class WholeFile
{
    public static void Write(string path, string text)
    {
        File.WriteAllText(path + ".new", text);
        File.Move(path + ".new", path, overwrite: true);
    }

    /// <summary>The first line of a file that is written with one write; null while it is not there or not ended by its newline.</summary>
    public static string? Line(string path)
    {
        try
        {
            var text = File.ReadAllText(path);
            var end = text.IndexOf('\n', StringComparison.Ordinal);
            return end < 0 ? null : text[..end];
        }
        catch (Exception absent) when (absent is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
