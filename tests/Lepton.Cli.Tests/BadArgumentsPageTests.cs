using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;
using Lepton.Tests.Shared;

namespace Lepton.Cli.Tests;

/// <summary>Bad arguments and files at the command line: each leaves with its exit code, nothing on stdout and no stack trace, and the page says what was printed.</summary>
public sealed partial class BadArgumentsPageTests
{
    [Fact]
    public async Task The_page_says_what_bad_arguments_are_told()
    {
        using var good = CliRun.Spec("apiVersion: lepton.dev/v1\nkind: Task\nname: a\nrun: {command: [a]}\n");
        var folder = Directory.CreateDirectory(Path.Combine(good.Folder, "specs")).FullName;
        var picture = Path.Combine(good.Folder, "cat.png");
        await File.WriteAllBytesAsync(picture, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13], TestContext.Current.CancellationToken);
        var large = Path.Combine(good.Folder, "large.yaml");
        await File.WriteAllTextAsync(large, new string('#', 2 << 20), TestContext.Current.CancellationToken);
        using var stranger = new Stranger();

        var rows = new List<string>();
        async Task Row(int exit, params string[] args)
        {
            var run = await CliRun.Of(args, "");
            Assert.Equal((exit, ""), (run.Exit, run.Out));
            Assert.StartsWith("error: ", run.Err, StringComparison.Ordinal);
            Assert.DoesNotContain("   at ", run.Err, StringComparison.Ordinal);
            rows.Add(DocSection.Row(DocSection.Code("lepton " + Shown(string.Join(' ', args))), exit.ToString(CultureInfo.InvariantCulture), DocSection.Code(Shown(Blanks().Replace(run.Err.Trim(), " ")))));
        }

        string Shown(string text) => text
            .Replace(good.Folder, "/home/ada", StringComparison.Ordinal)
            .Replace(Environment.CurrentDirectory, "/home/ada", StringComparison.Ordinal)
            .Replace(stranger.Address, "http://127.0.0.1:9000", StringComparison.Ordinal);

        await Row(2, "taks");
        await Row(2, "tasks", "--stat", "x");
        await Row(2, "tasks", "--limit", "0");
        await Row(2, "tasks", "--limit", "many");
        await Row(2, "tasks", "--state", "sleeping");
        await Row(2, "tasks", "-l", "team");
        await Row(2, "tasks", "-o", "xml");
        await Row(2, "tasks", "--timeout", "soon");
        await Row(2, "tasks", "--server", "here");
        await Row(2, "tasks", "--server", "ftp://127.0.0.1");
        await Row(7, "tasks", "--server", "http://127.0.0.1:1");
        await Row(1, "tasks", "--server", stranger.Address);
        await Row(2, "submit");
        await Row(2, "submit", good.Path, "b.yaml");
        await Row(2, "submit", "nowhere.yaml");
        await Row(2, "submit", folder);
        await Row(2, "submit", "/proc/self/mem");
        await Row(2, "submit", picture);
        await Row(2, "submit", large);
        await Row(2, "submit", "-");
        await Row(2, "submit", good.Path, "--set", "name");
        await Row(2, "submit", good.Path, "--set", "nam=b");
        await Row(7, "submit", good.Path, "--server", "http://127.0.0.1:1");
        await Row(2, "validate", picture);
        await Row(2, "logs", "01A", "--tail", "-1");
        await Row(2, "logs", "01A", "--attempt", "0");
        await Row(2, "cancel");
        await Row(2, "config", "get", "sever");
        await Row(2, "config", "set", "server", "here");
        await Row(2, "jobs", "--context", "nowhere");
        await Row(2, "completion", "tcsh");
        await Row(2, "up", "--regions", "0");
        await Row(2, "up", "--port", "80");
        await Row(2, "simulate", "faults", "--seeds", "5..1");
        DocSection.IsTrue("infra/docs/bad-days.md", "cli", ["| the command | exit code | what it says |", "|---|--:|---|", .. rows]);
    }

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    /// <summary>A web server that is not Lepton.</summary>
    private sealed class Stranger : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly Task _serving;

        public Stranger()
        {
            _listener.Start();
            Address = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
            _serving = Serve();
        }

        public string Address { get; }

        public void Dispose()
        {
            _listener.Stop();
            _serving.Wait(TimeSpan.FromSeconds(10));
        }

        private async Task Serve()
        {
            while (true)
            {
                try
                {
                    using var caller = await _listener.AcceptTcpClientAsync();
                    using var stream = caller.GetStream();
                    _ = await stream.ReadAsync(new byte[8192]);
                    await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 13\r\nConnection: close\r\n\r\n<html></html>"));
                }
                catch (Exception e) when (e is SocketException or IOException or ObjectDisposedException)
                {
                    return;
                }
            }
        }
    }
}
