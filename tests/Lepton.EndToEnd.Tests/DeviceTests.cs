using Lepton.Client;
using Lepton.Client.Wire;
using Lepton.Cuda.Tests.Fakes;
using Lepton.Tests.Shared;

namespace Lepton.EndToEnd.Tests;

/// <summary>From a spec over REST to a process under an agent over the fake driver: what isolation is asked for is had, or its lack is said by name.</summary>
[Collection("fleet")]
public sealed class DeviceTests : IDisposable
{
    private const string Region = "us-east";
    private const string HalfByMps = """
        "accelerators": "H100:1", "fraction": 0.5, "isolation": ["mps"]
        """;

    private readonly string _folder = Directory.CreateTempSubdirectory("lepton-e2e-devices-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_task_runs_where_the_isolation_it_asks_for_is_enforced_and_is_told_by_name_where_nobody_enforces_it()
    {
        await using var fleet = new SiloFleet(Region);
        fleet.StartSilo(Region);
        await fleet.Eventually("the silo to answer", Region, async c => (await c.GetVersionAsync()).Region == Region);
        var client = fleet.Client(Region);

        // While no node is known, nobody can say that it never runs: it is taken, and waits.
        var early = (await client.SubmitAsync(Task("early", HalfByMps, "exit 0"), new SubmitOptions())).Job;
        StartAgent(fleet, "n01");
        await fleet.Eventually("the devices to be told", Region, async c => await Node(c, "n01") is { Devices.Length: 2 });
        var node = (await Node(client, "n01"))!;
        Assert.Contains("Visibility", node.Isolation);
        Assert.DoesNotContain("Mps", node.Isolation);
        Assert.All(node.Devices, d => Assert.False(d.Emulated));
        await fleet.Eventually("the wait to be explained by what the node does not enforce", Region, async c =>
            (await c.ExplainAsync($"{early}/0")).Evidence.Contains("asked mps", StringComparison.Ordinal));
        var explained = await client.ExplainAsync($"{early}/0");
        Assert.Equal("Pending", explained.State);
        Assert.Contains(explained.Regions.Single().TurnedDown, t => t.Filter == "Isolation" && t.Nodes == 1);
        Assert.Contains("isolation is visibility", explained.Evidence, StringComparison.Ordinal);

        // Now that the fleet is known: refused at once, by name.
        var refused = await Assert.ThrowsAsync<LeptonException>(() => client.SubmitAsync(Task("mps", HalfByMps, "exit 0"), new SubmitOptions()));
        Assert.Contains("asked mps", refused.Message, StringComparison.Ordinal);

        // What this machine's agent enforces beside visibility depends on its namespaces: all that it says of devices is asked.
        var asked = node.Isolation.Contains("MemoryWatch") ? """["visibility", "memoryWatch"]""" : """["visibility"]""";
        var had = (await client.SubmitAsync(
            Task("had", $"""
            "accelerators": "H100:1", "isolation": {asked}
            """, $"echo $CUDA_VISIBLE_DEVICES >{_folder}/seen"), new SubmitOptions())).Job;
        await Over(fleet, had);
        Assert.Equal("Succeeded", (await client.GetJobAsync(had)).State);
        Assert.Contains((await File.ReadAllTextAsync(Path.Combine(_folder, "seen"), TestContext.Current.CancellationToken)).Trim(), node.Devices.Select(d => d.Uuid));
        var attempt = Assert.Single((await client.GetTaskAsync($"{had}/0")).Attempts);
        Assert.Equal(($"{Region}/n01", false), (attempt.Node, attempt.Usage!.Emulated));
        Assert.True(attempt.Usage.DeviceSeconds > 0);

        // A lost device is counted as such in the region's pools; the task that waited still waits.
        await File.AppendAllTextAsync(Path.Combine(_folder, "n01.control"), "lost 1\n", TestContext.Current.CancellationToken);
        await fleet.Eventually("the loss to be counted", Region, async c =>
            (await c.GetRegionAsync(Region)).Devices is [{ Model: "H100", Total: 2, Free: 1, Unhealthy: 1, Emulated: false }]);
        Assert.Equal("Pending", (await client.GetTaskAsync($"{early}/0")).State);
        await fleet.Stop();
    }

    [Fact]
    public async Task A_task_with_an_image_goes_to_the_agent_whose_engine_answers_and_runs_in_its_container()
    {
        await PodmanImage.MadeOrSkip(_folder);
        await using var fleet = new SiloFleet(Region);
        fleet.StartSilo(Region);
        await fleet.Eventually("the silo to answer", Region, async c => (await c.GetVersionAsync()).Region == Region);
        fleet.StartAgent(Region, "n01", ["--devices", "none"]);
        fleet.StartAgent(Region, "n02", ["--devices", "none", "--containers", "podman"]);
        await fleet.Eventually("both nodes to be ready", Region, async c =>
            await Node(c, "n01") is { State: "Ready" } && await Node(c, "n02") is { State: "Ready" } second && second.Isolation.Contains("Container"));
        var client = fleet.Client(Region);
        for (var i = 0; i < 2; i++)
        {
            var job = (await client.SubmitAsync(Task($"boxed{i}", "\"cpus\": 0.5", "ls /", PodmanImage.Name), new SubmitOptions())).Job;
            await Over(fleet, job);
            var task = await client.GetTaskAsync($"{job}/0");
            Assert.True(task.State == "Succeeded", $"{task.Message}\n{fleet.Output}");
            Assert.Equal($"{Region}/n02", task.Attempts[^1].Node);
            Assert.Contains("only-in-the-image", System.Text.Encoding.UTF8.GetString((await client.ReadLogAsync($"{job}/0", new LogRead())).Bytes.Span), StringComparison.Ordinal);
        }

        await fleet.Stop();
    }

    private void StartAgent(SiloFleet fleet, string name)
    {
        var (config, control) = (Path.Combine(_folder, $"{name}.ini"), Path.Combine(_folder, $"{name}.control"));
        File.WriteAllText(config, "[gpu0]\nuuid = GPU-0\n[gpu1]\nuuid = GPU-1\n");
        File.WriteAllText(control, "");
        fleet.StartAgent(Region, name, ["--nvml-library", FakeLibraries.Nvml], ("FAKE_NVML_CONFIG", config), ("FAKE_NVML_CONTROL", control));
    }

    private static async Task<NodeDetail?> Node(ILepton client, string name) =>
        (await client.ListNodesAsync(new NodeFilter { Limit = 10 })).Items.FirstOrDefault(n => n.Id == $"{Region}/{name}");

    private static Task Over(SiloFleet fleet, string job) =>
        fleet.Eventually($"{job} to end", Region, async c => TaskStates.IsJobOver((await c.GetJobAsync(job)).State));

    private static string Task(string name, string resources, string script, string? image = null)
    {
        var boxed = image is null ? "" : $"\"image\": \"{image}\", ";
        return $$"""
            {"apiVersion": "lepton.dev/v1", "kind": "Task", "name": "{{name}}", "run": { {{boxed}}"command": ["/bin/sh", "-c", "{{script}}"]}, "resources": {"memory": "64MiB", {{resources}} } }
            """;
    }
}
