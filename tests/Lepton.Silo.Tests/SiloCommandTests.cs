using System.Net;
using System.Net.Sockets;
using Lepton.Tests.Shared;

namespace Lepton.Silo.Tests;

/// <summary>The process of one region, from its command line on; the region itself is real.</summary>
public sealed class SiloCommandTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lepton-silo-").FullName;
    private readonly int _ports = ReservedPorts.Block(3);

    [Fact]
    public async Task Serves_its_region_until_it_is_asked_to_stop()
    {
        using var stop = new CancellationTokenSource();
        var said = new Said(line => line.Contains("serves region", StringComparison.Ordinal));
        var running = new SiloCommand(said, new StringWriter(), stop.Token).Run([RegionFile()]);
        await Task.WhenAny(said.Heard, running).WaitAsync(TimeSpan.FromMinutes(2));
        Assert.True(said.Heard.IsCompleted, said.ToString());
        Assert.Contains($"API http://127.0.0.1:{_ports}/api/v1", said.ToString(), StringComparison.Ordinal);
        Assert.Contains($"store {Path.Combine(_folder, "data", "region.db")}", said.ToString(), StringComparison.Ordinal);
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.OK, (await http.GetAsync($"http://127.0.0.1:{_ports}/healthz")).StatusCode);

        // A second one on the same store: other ports, so that the store is what it meets.
        var error = new StringWriter();
        Assert.Equal(SiloExit.Taken, await new SiloCommand(TextWriter.Null, error, CancellationToken.None).Run([RegionFile(ReservedPorts.Block(3), "second.yaml")]));
        Assert.Contains($"(pid {Environment.ProcessId})", error.ToString(), StringComparison.Ordinal);

        await stop.CancelAsync();
        Assert.Equal(SiloExit.Stopped, await running);
    }

    [Fact]
    public async Task Says_which_port_is_taken_and_by_whom()
    {
        using var other = new TcpListener(IPAddress.Loopback, _ports + 1);
        other.Start();
        var (exit, error) = await Refused(RegionFile());
        Assert.Equal(SiloExit.Taken, exit);
        Assert.Contains($"The silo port {_ports + 1} of region us-east is in use by", error, StringComparison.Ordinal);
        Assert.Contains($"(pid {Environment.ProcessId})", error, StringComparison.Ordinal);
        Assert.False(File.Exists(Path.Combine(_folder, "data", "region.db")));
    }

    [Fact]
    public async Task Refuses_a_wrong_file_with_every_error_and_starts_nothing()
    {
        var file = RegionFile();
        File.WriteAllText(file, File.ReadAllText(file).Replace("siloPort", "silo_port", StringComparison.Ordinal) + "log: loud\n");
        var (exit, error) = await Refused(file);
        Assert.Equal(SiloExit.Wrong, exit);
        Assert.Contains($"error: {file}:2:1: silo_port: there is no such field. Maybe siloPort.", error, StringComparison.Ordinal);
        Assert.Contains("siloPort is missing", error, StringComparison.Ordinal);
        Assert.Contains("log is 'loud'", error, StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "data")));
    }

    [Fact]
    public async Task Says_which_data_folder_cannot_be_made_and_what_to_do()
    {
        var file = RegionFile();
        File.WriteAllText(file, File.ReadAllText(file).Replace("dataFolder: data", "dataFolder: /proc/nowhere", StringComparison.Ordinal));
        var (exit, error) = await Refused(file);
        Assert.Equal(SiloExit.Failed, exit);
        Assert.Equal(
            $"error: The data folder '/proc/nowhere' of region us-east cannot be made: nothing can be made there. Maybe name another one, or give this user write access to the folder above it.{Environment.NewLine}",
            error);
    }

    [Theory]
    [InlineData]
    [InlineData("a.yaml", "b.yaml")]
    [InlineData("a.yaml", "--chek")]
    [InlineData("/nowhere/region.yaml")]
    public async Task Refuses_a_wrong_command_line(params string[] arguments)
    {
        var (exit, error) = await Refused(arguments);
        Assert.Equal(SiloExit.Wrong, exit);
        Assert.StartsWith("error: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_reads_the_file_when_asked_to_check()
    {
        var output = new StringWriter();
        Assert.Equal(SiloExit.Stopped, await new SiloCommand(output, TextWriter.Null, CancellationToken.None).Run([RegionFile(), "--check"]));
        Assert.Contains("nothing is wrong", output.ToString(), StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.Combine(_folder, "data")));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<(int Exit, string Error)> Refused(params string[] arguments)
    {
        var error = new StringWriter();
        return (await new SiloCommand(TextWriter.Null, error, CancellationToken.None).Run(arguments), error.ToString());
    }

    private string RegionFile(int? ports = null, string name = "us-east.yaml")
    {
        var first = ports ?? _ports;
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, $$"""
            region: us-east
            siloPort: {{first + 1}}
            dataFolder: data
            fleet: [{region: us-east, gateway: "127.0.0.1:{{first + 2}}", http: "http://127.0.0.1:{{first}}/"}]

            """);
        return path;
    }

    /// <summary>Output that tells when a line has come.</summary>
    private sealed class Said(Predicate<string> awaited) : StringWriter
    {
        private readonly TaskCompletionSource _heard = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Heard => _heard.Task;

        public override Task WriteLineAsync(string? value)
        {
            WriteLine(value);
            if (value is not null && awaited(value)) _heard.TrySetResult();
            return Task.CompletedTask;
        }
    }
}
