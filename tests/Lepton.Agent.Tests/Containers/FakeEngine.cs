using Lepton.Agent.Containers;
using Lepton.Tests.Shared;

namespace Lepton.Agent.Tests.Containers;

/// <summary>The fake docker program, in a folder of its own.</summary>
internal sealed class FakeEngine : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lepton-docker-").FullName;

    public FakeEngine(params string[] images)
    {
        File.Copy(RepositoryRoot.PathOf("tests", "fakes", "docker", "docker"), Program);
        File.WriteAllLines(Path.Combine(_folder, "images"), images);
    }

    public string Program => Path.Combine(_folder, "docker");

    public IReadOnlyList<string> Calls => File.Exists(In("calls")) ? File.ReadAllLines(In("calls")) : [];

    public IReadOnlyList<string> Names => Directory.Exists(In("c")) ? [.. Directory.GetDirectories(In("c")).Select(d => Path.GetFileName(d)!).Order(StringComparer.Ordinal)] : [];

    public ContainerEngine Of(string stateFolder) => new(EngineKind.Docker, Program, stateFolder, hasInit: true);

    public string? ReadOf(string container, string file) => File.Exists(In($"c/{container}/{file}")) ? File.ReadAllText(In($"c/{container}/{file}")) : null;

    /// <summary>From now on the daemon does not answer, or does again.</summary>
    public void IsDown(bool down)
    {
        if (down) File.WriteAllText(In("down"), "");
        else File.Delete(In("down"));
    }

    /// <summary>A container that some agent left behind.</summary>
    public void Leave(string name, string stateFolder)
    {
        Directory.CreateDirectory(In($"c/{name}"));
        File.WriteAllText(In($"c/{name}/labels"), $"lepton.state={stateFolder}\n");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string In(string name) => Path.Combine(_folder, name);
}
