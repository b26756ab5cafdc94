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
        WholeFile.Write(path, reader.ReadToEnd());
        return path;
    }
}
