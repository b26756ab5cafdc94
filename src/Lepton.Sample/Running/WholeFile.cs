namespace Lepton.Sample.Running;

/// <summary>Writes a file under another name and renames it, so that nobody ever reads half of it.</summary>
internal static class WholeFile
{
    public static void Write(string path, string text) => Write(path, stream => stream.Write(System.Text.Encoding.UTF8.GetBytes(text)));

    public static void Write(string path, Action<Stream> fill)
    {
        var unfinished = path + ".unfinished";
        using (var stream = File.Create(unfinished)) fill(stream);
        File.Move(unfinished, path, overwrite: true);
    }
}
