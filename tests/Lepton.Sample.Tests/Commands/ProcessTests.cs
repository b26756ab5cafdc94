using System.Diagnostics;

namespace Lepton.Sample.Tests.Commands;

/// <summary>The program as the agent starts it: its own process, its own environment.</summary>
public sealed class ProcessTests
{
    [Fact]
    public async Task Writes_its_outputs_where_the_agent_asks()
    {
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch.Path("outputs"));
        using var process = Start(scratch, Rows.ShardPath("eu-west"), trees: 25);

        var log = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(0, process.ExitCode);
        Assert.StartsWith("task job/3 attempt 2:", log);
        Assert.True(File.Exists(scratch.Path("outputs", "model.zip")));
        Assert.True(File.Exists(scratch.Path("outputs", "heldout.csv.gz")));
        Assert.Contains("\"validation_rmse\"", File.ReadAllText(scratch.Path("metrics.jsonl")));
    }

    [Fact(Timeout = 60_000)]
    public async Task Ends_with_143_on_SIGTERM_and_leaves_no_half_model()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no SIGTERM");
        using var scratch = new Scratch();
        Directory.CreateDirectory(scratch.Path("outputs"));
        using var process = Start(scratch, Rows.ShardPath("us-east"), trees: 100_000);
        var token = TestContext.Current.CancellationToken;
        using var cut = token.Register(process.Kill);
        while (await process.StandardOutput.ReadLineAsync(token) is { } line && !line.StartsWith("trial trees", StringComparison.Ordinal)) { }

        using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"])) await kill.WaitForExitAsync(token);
        var rest = await process.StandardOutput.ReadToEndAsync(token);
        await process.WaitForExitAsync(token);

        Assert.Equal(143, process.ExitCode);
        Assert.Contains("stopped by SIGTERM", rest);
        Assert.Empty(Directory.GetFiles(scratch.Path("outputs")));
    }

    private static Process Start(Scratch scratch, string input, int trees) => Process.Start(new ProcessStartInfo("dotnet",
        [Path.Combine(AppContext.BaseDirectory, "Lepton.Sample.dll"), "train", "--input", input, "--trees", $"{trees}", "--leaves", "4", "--rate", "0.1"])
    {
        RedirectStandardOutput = true,
        RedirectStandardError = true,
        Environment =
        {
            ["LEPTON_TASK_ID"] = "job/3",
            ["LEPTON_ATTEMPT"] = "2",
            ["LEPTON_OUTPUT_DIR"] = scratch.Path("outputs"),
            ["LEPTON_METRICS_FILE"] = scratch.Path("metrics.jsonl"),
        },
    })!;
}
