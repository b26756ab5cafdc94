namespace Lepton.Agent.Shim;

/// <summary>The shim of shim.sh, laid out in the state folder.</summary>
internal static class ShimScript
{
    /// <summary>Writes the script and returns its path. By rename: shells that still run an older one keep reading that one.</summary>
    public static string WriteTo(string stateFolder)
    {
        using var resource = typeof(ShimScript).Assembly.GetManifestResourceStream("shim.sh")
            ?? throw new InvalidOperationException("The shim script is missing in the assembly.");
        using var reader = new StreamReader(resource);
        var path = Path.Combine(stateFolder, "shim.sh");
        var script = reader.ReadToEnd();
        // One that is there already is not written again: an agent must be able to start on a full disk, to adopt what runs.
        if (!File.Exists(path) || File.ReadAllText(path) != script) WholeFile.Write(path, script);
        return path;
    }
}
