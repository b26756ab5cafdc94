using System.Text.Json;
using Lepton.Fakes;

namespace Lepton.Cli.Tests.Commands;

public sealed class ConfigTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lepton-config-").FullName;

    private string ConfigFile => Path.Combine(_folder, "lepton", "config.yaml");

    [Fact]
    public async Task Says_where_each_value_comes_from_and_prefers_flag_then_environment_then_file()
    {
        Assert.Equal("http://127.0.0.1:8080  default", await ServerLine([]));
        await Done("config", "set", "server", "http://127.0.0.1:7001");
        Assert.Equal($"http://127.0.0.1:7001  {ConfigFile}", await ServerLine([]));
        Assert.Equal("http://127.0.0.1:7002  LEPTON_SERVER", await ServerLine([], ("LEPTON_SERVER", "http://127.0.0.1:7002")));
        Assert.Equal("http://127.0.0.1:7003  --server", await ServerLine(["--server", "http://127.0.0.1:7003"], ("LEPTON_SERVER", "http://127.0.0.1:7002")));
        await Done("config", "unset", "server");
        Assert.Equal("http://127.0.0.1:8080  default", await ServerLine([]));
    }

    [Fact]
    public async Task Commands_ask_the_server_of_the_current_context()
    {
        await using var server = await ApiServer.Start();
        await Done("config", "set", "server", server.Address.ToString());
        Assert.Equal(0, (await Run("jobs")).Exit);
        await Done("config", "set", "server", "http://127.0.0.1:1", "--context", "far");
        Assert.Equal(0, (await Run("jobs")).Exit);
        Assert.Equal(7, (await Run("jobs", "--context", "far")).Exit);
        Assert.Equal(7, (await Run(["jobs"], ("LEPTON_CONTEXT", "far"))).Exit);
        await Done("config", "use-context", "far");
        Assert.Equal(7, (await Run("jobs")).Exit);
        Assert.Equal(0, (await Run("jobs", "--context", "default")).Exit);
        var listed = await Run("config", "contexts");
        Assert.Contains(listed.Lines, l => l.StartsWith("far *", StringComparison.Ordinal));
        Assert.Contains(listed.Lines, l => l.StartsWith("default ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Writes_data_as_the_context_says_unless_told_otherwise()
    {
        await using var server = await ApiServer.Start();
        server.Lepton.Jobs.Add(FakeLepton.AJob("us-east.01AAA"));
        await Done("config", "set", "server", server.Address.ToString());
        await Done("config", "set", "output", "JSON");
        Assert.Equal("json\n", (await Run("config", "get", "output")).Out);
        Assert.StartsWith("{", (await Run("jobs")).Out, StringComparison.Ordinal);
        Assert.StartsWith("ID", (await Run("jobs", "-o", "table")).Out, StringComparison.Ordinal);
        // What has a form of its own keeps it: -o was not given.
        Assert.StartsWith("apiVersion:", (await Run("get", "job", "us-east.01AAA")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lists_as_json_too()
    {
        var run = await Run("config", "list", "-o", "json");
        var lines = JsonDocument.Parse(run.Out).RootElement.EnumerateArray().ToList();
        Assert.Equal(["context", "server", "output"], lines.Select(l => l.GetProperty("key").GetString()));
        Assert.Equal(["default", "default", "--output"], lines.Select(l => l.GetProperty("from").GetString()));
    }

    [Theory]
    [InlineData("current: x\nsever: y\n", ":2:1: sever: there is no such field.")]
    [InlineData("contexts:\n  a: {servr: \"http://x\"}\n", ":2:7: contexts.a.servr: there is no such field. Maybe server.")]
    [InlineData("contexts:\n  a: {server: here}\n", "server is 'here', which is no address of a server.")]
    [InlineData("contexts:\n  a: {output: xml}\n", "output is 'xml'.")]
    [InlineData("contexts: [\n", ":")]
    public async Task Refuses_a_wrong_file_with_its_place(string text, string error)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(ConfigFile)!);
        File.WriteAllText(ConfigFile, text);
        var run = await Run("jobs");
        Assert.Equal(2, run.Exit);
        Assert.Contains(ConfigFile, run.Err, StringComparison.Ordinal);
        Assert.Contains(error, run.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_the_context_that_was_probably_meant()
    {
        await Done("config", "set", "server", "http://127.0.0.1:1", "--context", "production");
        var run = await Run("jobs", "--context", "prodcution");
        Assert.Equal(2, run.Exit);
        Assert.Contains("Maybe production.", run.Err, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Lies_under_home_where_no_folder_is_set()
    {
        var run = await CliRun.Of(["config", "set", "output", "wide"], "", environment: new() { ["HOME"] = _folder });
        Assert.Equal(0, run.Exit);
        Assert.Equal("current: \"default\"\ncontexts:\n  \"default\":\n    output: \"wide\"\n", File.ReadAllText(Path.Combine(_folder, ".config", "lepton", "config.yaml")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<CliRun> Run(params string[] args) => Run(args, []);

    private Task<CliRun> Run(string[] args, params (string Name, string Value)[] more)
    {
        var environment = new Dictionary<string, string> { ["XDG_CONFIG_HOME"] = _folder };
        foreach (var (name, value) in more) environment[name] = value;
        return CliRun.Of(args, "", environment: environment);
    }

    private async Task Done(params string[] args)
    {
        var run = await Run(args);
        Assert.True(run.Exit == 0, run.Err);
    }

    private async Task<string> ServerLine(string[] args, params (string, string)[] environment)
    {
        var run = await Run(["config", "list", .. args], environment);
        Assert.True(run.Exit == 0, run.Err);
        return run.Lines.Single(l => l.StartsWith("server", StringComparison.Ordinal))["server".Length..].Trim();
    }
}
