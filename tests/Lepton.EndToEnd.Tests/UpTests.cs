using System.Diagnostics;
using Lepton.Client;
using Lepton.Client.Wire;
using Lepton.Tests.Shared;

namespace Lepton.EndToEnd.Tests;

/// <summary><c>lepton up</c> and the operator's commands, as processes.</summary>
[Collection("fleet")]
public sealed class UpTests
{
    [Theory]
    [InlineData(Programs.SigInt)]
    [InlineData(Programs.SigTerm)]
    public async Task Starts_a_fleet_and_leaves_no_process_behind_when_it_is_stopped(int signal)
    {
        await using var fleet = new Fleet();
        fleet.StartUp("--regions", "2", "--nodes", "2", "--cpus", "1");
        await fleet.Eventually("two regions with two nodes each", async client =>
            (await client.ListRegionsAsync()).Items is { Length: 2 } regions && regions.All(r => r.ReadyNodes == 2));
        Assert.Contains("n02", fleet.Output, StringComparison.Ordinal);
        Programs.Signal(fleet.Pid, signal);
        Assert.Equal(0, await fleet.Exit());
        Assert.Empty(Programs.OfHome(fleet.Home));
    }

    [Fact]
    public async Task Second_fleet_names_the_first_by_port_and_by_store()
    {
        await using var fleet = new Fleet();
        fleet.StartUp("--regions", "1");
        await fleet.Eventually("the region to be ready", async client => (await client.ListRegionsAsync()).Items.All(r => r.State == RegionDetail.Ready));

        var samePorts = await Lepton("up", "--regions", "1", "--home", fleet.Home + "-other", "--port", $"{fleet.Server.Port}");
        Assert.Equal(1, samePorts.ExitCode);
        Assert.Contains($"The API port {fleet.Server.Port} of region us-east is in use by Lepton.Local (pid {fleet.Pid})", samePorts.Text, StringComparison.Ordinal);

        var free = ReservedPorts.Block(3);
        var sameHome = await Lepton("up", "--regions", "1", "--home", fleet.Home, "--port", $"{free}", "--silo-port", $"{free + 1}", "--gateway-port", $"{free + 2}");
        Assert.Equal(1, sameHome.ExitCode);
        Assert.Contains($"process {fleet.Pid} ", sameHome.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_get_writes_submits_an_equal_job_again_and_doctor_finds_the_fleet_well()
    {
        await using var fleet = new Fleet();
        fleet.StartUp("--regions", "3");
        await fleet.Ready();
        var spec = Path.Combine(fleet.Home, "rich.yaml");
        await File.WriteAllTextAsync(spec, """
            apiVersion: lepton.dev/v1
            kind: Job
            name: rich
            labels: {team: nlp, note: "a: b"}
            priority: 70
            tasks:
              - name: train
                split: {by: count, count: 2}
                grid: {rate: [0.1, 0.25]}
                run: {command: [/bin/sh, -c, 'echo "${grid.rate}: $LEPTON_INDEX"'], env: {A: "1", B: 'yes'}}
                resources: {cpus: 0.5, memory: 64MiB}
                retry: {max: 2, backoff: 2s, on: [nodeLost, exitNonZero]}
                timeLimit: 10m
              - name: pick
                dependsOn: [train]
                run: {command: [/bin/true]}
                resources: {cpus: 0.5, memory: 64MiB}
                placement: {regions: [eu-west]}
            """);
        Assert.Equal(0, (await Lepton(fleet, null, "submit", spec)).ExitCode);
        var first = (await fleet.Client().ListJobsAsync(new JobFilter { Name = "rich" })).Items.Single();
        var written = await Lepton(fleet, null, "get", "job", first.Id, "-o", "yaml");
        Assert.Equal(0, written.ExitCode);

        Assert.Equal(0, (await Lepton(fleet, written.Text, "submit", "-", "--wait")).ExitCode);
        var second = (await fleet.Client().ListJobsAsync(new JobFilter { Name = "rich" })).Items.Single(j => j.Id != first.Id);
        Assert.Equal(written.Text, (await Lepton(fleet, null, "get", "job", second.Id)).Text);
        Assert.Equal((first.Tasks, first.Priority), (second.Tasks, second.Priority));

        var doctor = await Lepton(fleet, null, "doctor", "--home", fleet.Home, "-o", "json");
        Assert.Contains("ap-south is ready", doctor.Text, StringComparison.Ordinal);
        Assert.Contains($"in use by Lepton.Local (pid {fleet.Pid})", doctor.Text, StringComparison.Ordinal);
        Assert.Contains("eu-west answers at http://127.0.0.1:", doctor.Text, StringComparison.Ordinal);
    }

    private static Task<(int ExitCode, string Text)> Lepton(Fleet fleet, string? input, params string[] arguments) =>
        Run(input, [.. arguments, "--server", fleet.Server.ToString(), "--timeout", "3m", "-q"]);

    private static Task<(int ExitCode, string Text)> Lepton(params string[] arguments) => Run(null, arguments);

    private static async Task<(int ExitCode, string Text)> Run(string? input, string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        start.ArgumentList.Add(Programs.Cli);
        foreach (var argument in arguments) start.ArgumentList.Add(argument);
        using var process = Process.Start(start)!;
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output + await error);
    }
}
