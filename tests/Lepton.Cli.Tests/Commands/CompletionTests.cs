using System.Diagnostics;

namespace Lepton.Cli.Tests.Commands;

public sealed class CompletionTests
{
    /// <summary>What bash itself offers for a line that ends where the tab key is pressed.</summary>
    [Theory]
    [InlineData("lepton ", "submit status tasks up doctor config completion version")]
    [InlineData("lepton su", "submit")]
    [InlineData("lepton config ", "list get set unset use-context contexts")]
    [InlineData("lepton config us", "use-context")]
    [InlineData("lepton get ", "job task")]
    [InlineData("lepton -o json get j", "job")]
    [InlineData("lepton --server http://x completion ", "bash zsh fish")]
    [InlineData("lepton tasks --st", "--state")]
    [InlineData("lepton tasks -o ", "table wide json yaml name")]
    [InlineData("lepton tasks -o ya", "yaml")]
    [InlineData("lepton up --gp", "--gpus")]
    public async Task Bash_completes_commands_options_and_values(string line, string words)
    {
        var offered = await Offered(line, Path.GetTempPath());
        foreach (var word in words.Split(' ')) Assert.Contains(word, offered);
        Assert.DoesNotContain("/?", offered);
        if (line.EndsWith("su", StringComparison.Ordinal)) Assert.Equal(["submit"], offered);
    }

    [Fact]
    public async Task Bash_completes_files_where_a_spec_is_wanted()
    {
        using var spec = CliRun.Spec("kind: Task", "my-train.yaml");
        Assert.Equal(["my-train.yaml"], await Offered("lepton submit my-", spec.Folder));
        Assert.Empty(await Offered("lepton submit train.yaml --timeout ", spec.Folder));
    }

    [Theory]
    [InlineData("bash")]
    [InlineData("zsh")]
    [InlineData("fish")]
    public async Task Every_script_knows_every_command(string shell)
    {
        var run = await CliRun.Of("completion", shell);
        Assert.Equal((0, ""), (run.Exit, run.Err));
        foreach (var word in new[] { "submit", "validate", "status", "tasks", "jobs", "logs", "wait", "cancel", "explain", "get", "nodes", "regions", "simulate", "faults", "up", "doctor", "config", "use-context", "completion", "version" })
        {
            Assert.Contains(word, run.Out, StringComparison.Ordinal);
        }

        Assert.Contains("machine-only", run.Out, StringComparison.Ordinal);
        Assert.DoesNotContain("/?", run.Out, StringComparison.Ordinal);
    }

    private static async Task<string[]> Offered(string line, string folder)
    {
        var script = (await CliRun.Of("completion", "bash")).Out;
        var words = line.Split(' ');
        var asked = $"""
            COMP_WORDS=({string.Join(' ', words.Select(w => $"'{w}'"))}); COMP_CWORD={words.Length - 1}
            _lepton
            printf '%s\n' "$(printf '%s\n' "{"${COMPREPLY[@]}"}")"
            """;
        var start = new ProcessStartInfo("bash", ["--norc", "-s"]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder };
        using var bash = Process.Start(start)!;
        await bash.StandardInput.WriteAsync(script + asked);
        bash.StandardInput.Close();
        var (output, error) = (bash.StandardOutput.ReadToEndAsync(), bash.StandardError.ReadToEndAsync());
        await bash.WaitForExitAsync();
        Assert.Equal("", await error);
        return (await output).Split('\n', StringSplitOptions.RemoveEmptyEntries);
    }
}
