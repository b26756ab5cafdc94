using System.Diagnostics;
using Lepton.Client;

namespace Lepton.EndToEnd.Tests;

/// <summary>The main command and the command line against it, as a person runs them.</summary>
[Collection("fleet")]
public sealed class OnceTests
{
    [Fact]
    public async Task Once_leaves_with_0_when_the_sample_succeeded_and_leaves_no_process_behind()
    {
        await using var fleet = new Fleet();
        fleet.Start("--once");
        var code = await fleet.Exit();
        Assert.True(code == 0, fleet.Output);
        Assert.Contains("Judged on 1131 held-out rows", fleet.Output, StringComparison.Ordinal);
        Assert.Empty(Programs.OfHome(fleet.Home));
    }

    [Fact]
    public async Task Second_fleet_on_the_same_ports_says_which_port_is_taken()
    {
        await using var fleet = new Fleet();
        fleet.Start("--no-sample");
        await fleet.Ready();
        var second = await Run(Programs.Local, "--home", fleet.Home + "-other", "--port", $"{fleet.Server.Port}", "--no-sample", "--once");
        Assert.NotEqual(0, second.ExitCode);
        Assert.Contains($"{fleet.Server.Port}", second.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Command_line_submits_follows_explains_and_cancels()
    {
        await using var fleet = new Fleet();
        fleet.Start("--no-sample");
        await fleet.Ready();
        var spec = Path.Combine(fleet.Home, "hello.yaml");
        await File.WriteAllTextAsync(spec, """
            apiVersion: lepton.dev/v1
            kind: Task
            name: hello
            run: {command: [/bin/sh, -c, "echo hello from $LEPTON_REGION; exit 0"]}
            resources: {cpus: 0.5, memory: 64MiB}
            """);
        var submit = await Lepton(fleet, "submit", spec, "--wait");
        Assert.True(submit.ExitCode == 0, submit.Text);
        var id = (await fleet.Client().ListJobsAsync(new JobFilter { Name = "hello" })).Items.Single().Id;
        Assert.Contains("hello from", (await Lepton(fleet, "logs", $"{id}/0")).Text, StringComparison.Ordinal);

        var huge = Path.Combine(fleet.Home, "waits.yaml");
        await File.WriteAllTextAsync(huge, """
            apiVersion: lepton.dev/v1
            kind: Task
            name: waits
            run: {command: [/bin/true]}
            resources: {cpus: 0.5, memory: 64MiB}
            startAfter: 2099-01-01T00:00:00Z
            """);
        Assert.Equal(0, (await Lepton(fleet, "submit", huge)).ExitCode);
        var waiting = (await fleet.Client().ListJobsAsync(new JobFilter { Name = "waits" })).Items.Single().Id;
        var explain = await Lepton(fleet, "explain", $"{waiting}/0");
        Assert.Equal(3, explain.ExitCode);
        Assert.Contains("NotBefore", explain.Text, StringComparison.Ordinal);
        Assert.Contains("2099", explain.Text, StringComparison.Ordinal);
        Assert.Equal(0, (await Lepton(fleet, "cancel", waiting, "--wait")).ExitCode);
        Assert.Equal("Cancelled", (await fleet.Client().GetJobAsync(waiting)).State);
    }

    private static Task<(int ExitCode, string Text)> Lepton(Fleet fleet, params string[] arguments) =>
        Run(Programs.Cli, [.. arguments, "--server", fleet.Server.ToString(), "--timeout", "2m"]);

    private static async Task<(int ExitCode, string Text)> Run(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(program);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
