using System.Diagnostics;

namespace Lepton.Cli.Tests.Commands;

/// <summary>The scripts of zsh and fish, loaded into the real shells; skipped where a shell is not installed.</summary>
public sealed class ShellCompletionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    [Theory]
    [InlineData("lepton reg", "regions")]
    [InlineData("lepton config use", "use-context")]
    [InlineData("lepton completion f", "fish")]
    [InlineData("lepton tasks --lim", "--limit")]
    [InlineData("lepton tasks -o ya", "yaml")]
    [InlineData("lepton submit my-tr", "my-train.yaml")]
    public async Task Fish_completes_it(string line, string word)
    {
        Assert.SkipUnless(IsInstalled("fish"), "There is no fish in the PATH. Maybe: apt-get install fish");
        using var folder = await Scripts("fish");
        var (output, error) = await Run(folder, "fish", "--no-config", "-c", $"source lepton.fish; complete -C '{line}'");
        Assert.Equal("", error);
        Assert.Equal([word], output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l => l.Split('\t')[0]));
    }

    /// <summary>A zsh at a terminal of its own: the line is typed with the tab key, and what the shell makes of it is read.</summary>
    [Fact]
    public async Task Zsh_completes_what_is_typed()
    {
        Assert.SkipUnless(IsInstalled("zsh"), "There is no zsh in the PATH. Maybe: apt-get install zsh");
        using var folder = await Scripts("zsh");
        string[] typed = ["lepton reg", "lepton config use", "lepton completion f", "lepton tasks --lim", "lepton tasks -o ya", "lepton submit my-tr"];
        string[] whole = ["lepton regions", "lepton config use-context", "lepton completion fish", "lepton tasks --limit", "lepton tasks -o yaml", "lepton submit my-train.yaml"];
        var (output, error) = await Run(
            folder,
            "zsh",
            ["-f", "-c",
            """
            zmodload zsh/zpty
            zpty shell zsh -f -i
            zpty -w shell 'PROMPT="% "; unsetopt beep; autoload -U compinit; compinit -u -D; source ./lepton.zsh; print rea""dy'
            zpty -r shell seen '*ready*'
            for pair in "$@"; do
              zpty -n -w shell "${pair%%=*}"$'\t'
              zpty -r shell seen "*${pair#*=}*" && print -r -- "${pair#*=}"
              zpty -n -w shell $'\C-u'
            done
            zpty -d shell
            """,
            "zsh", .. typed.Zip(whole, (t, w) => $"{t}={w}")]);
        Assert.Equal("", error);
        Assert.Equal(whole, output.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    private static async Task<SpecOnDisk> Scripts(string shell)
    {
        var folder = CliRun.Spec("kind: Task", "my-train.yaml");
        await File.WriteAllTextAsync(Path.Combine(folder.Folder, $"lepton.{shell}"), (await CliRun.Of("completion", shell)).Out);
        return folder;
    }

    private static async Task<(string Output, string Error)> Run(SpecOnDisk folder, string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = folder.Folder };
        start.Environment["HOME"] = folder.Folder;
        start.Environment["TERM"] = "dumb";
        using var shell = Process.Start(start)!;
        shell.StandardInput.Close();
        var (output, error) = (shell.StandardOutput.ReadToEndAsync(), shell.StandardError.ReadToEndAsync());
        using var limit = new CancellationTokenSource(Patience);
        try
        {
            await shell.WaitForExitAsync(limit.Token);
        }
        catch (OperationCanceledException)
        {
            shell.Kill(entireProcessTree: true);
            Assert.Fail($"{program} did not end within {Patience}; it printed: {await output}");
        }

        return (await output, await error);
    }

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Any(folder => File.Exists(Path.Combine(folder, program)));
}
