using Lepton.Client;
using Lepton.Client.Wire;

namespace Lepton.EndToEnd.Tests;

/// <summary>Regions as processes of their own, from their files, killed for real.</summary>
[Collection("fleet")]
public sealed class SiloTests
{
    [Fact]
    public async Task Job_across_three_silos_ends_once_though_its_owner_is_killed_and_started_again()
    {
        await using var fleet = new SiloFleet();
        foreach (var region in SiloFleet.Regions) fleet.StartSilo(region);
        foreach (var region in SiloFleet.Regions) fleet.StartAgent(region);
        await fleet.Eventually("all regions to be ready", "us-east", async client =>
            (await client.ListRegionsAsync()).Items is { Length: 3 } regions && regions.All(r => r.State == RegionDetail.Ready));

        var client = fleet.Client("us-east");
        var job = (await client.SubmitAsync(AcrossRegions, new SubmitOptions())).Job;
        await fleet.Eventually("tasks to run in all regions", "us-east", async c =>
            (await c.ListTasksAsync(new TaskFilter { Job = job, States = ["Running"], Limit = 100 })).Items.Select(t => t.Region).Distinct().Count() == 3);

        var killed = fleet.Silo("us-east");
        Programs.Signal(killed.Id, Programs.SigKill);
        await fleet.Exit(killed);
        await fleet.Eventually("the others to say that us-east is away", "eu-west", async c =>
            (await c.ListRegionsAsync()).Items.Single(r => r.Region == "us-east").State == RegionDetail.Unreachable);

        fleet.StartSilo("us-east");
        await fleet.Eventually("the job to end", "us-east", async c => TaskStates.IsJobOver((await c.GetJobAsync(job)).State));
        Assert.Equal("Succeeded", (await client.GetJobAsync(job)).State);
        await foreach (var task in new JobHandle(client, job).TasksAsync())
        {
            var detail = await client.GetTaskAsync(task.Id);
            Assert.Equal("Succeeded", detail.State);
            Assert.Single(detail.Attempts, a => a.End == "Completed");
        }

        // What another region ran is read through the owner, and through a region that has nothing to do with it.
        foreach (var asked in SiloFleet.Regions) Assert.Contains("hello from", await LogOf(fleet.Client(asked), $"{job}/4"), StringComparison.Ordinal);

        await fleet.Stop();
        Assert.Empty(Programs.OfHome(fleet.Home));
        Assert.Contains("serves region us-east", fleet.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Second_silo_on_the_same_file_exits_with_3_and_names_the_first()
    {
        await using var fleet = new SiloFleet();
        fleet.StartSilo("us-east");
        await fleet.Eventually("the silo to answer", "us-east", async c => (await c.GetVersionAsync()).Region == "us-east");
        var first = fleet.Silo("us-east");
        fleet.StartSilo("us-east");
        Assert.Equal(3, await fleet.Exit(fleet.Silo("us-east")));
        Assert.Contains($"in use by Lepton.Silo (pid {first.Id})", fleet.Output, StringComparison.Ordinal);
    }

    private const string AcrossRegions = """
        {
          "apiVersion": "lepton.dev/v1", "kind": "Job", "name": "across",
          "tasks": [
            {"name": "us", "split": {"by": "count", "count": 2}, "placement": {"regions": ["us-east"]}, "run": {"command": ["/bin/sh", "-c", "echo hello from $LEPTON_REGION; sleep 8"]}, "resources": {"cpus": 0.5, "memory": "64MiB"}},
            {"name": "eu", "split": {"by": "count", "count": 2}, "placement": {"regions": ["eu-west"]}, "run": {"command": ["/bin/sh", "-c", "echo hello from $LEPTON_REGION; sleep 8"]}, "resources": {"cpus": 0.5, "memory": "64MiB"}},
            {"name": "ap", "split": {"by": "count", "count": 2}, "placement": {"regions": ["ap-south"]}, "run": {"command": ["/bin/sh", "-c", "echo hello from $LEPTON_REGION; sleep 8"]}, "resources": {"cpus": 0.5, "memory": "64MiB"}}
          ]
        }
        """;

    private static async Task<string> LogOf(ILepton client, string task) =>
        System.Text.Encoding.UTF8.GetString((await client.ReadLogAsync(task, new LogRead())).Bytes.Span);
}
