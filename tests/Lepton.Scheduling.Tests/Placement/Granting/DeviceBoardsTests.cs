using System.Collections.Immutable;
using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Devices;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Granting;

namespace Lepton.Scheduling.Tests.Placement.Granting;

/// <summary>The region's choice of node and devices: it finds what there is, takes nothing twice, and keeps what others will want.</summary>
public sealed class DeviceBoardsTests
{
    private static readonly ImmutableArray<DeviceAsk> Asks =
    [
        Gpus.Ask(), Gpus.Ask(2), Gpus.Ask(4), Gpus.Ask(2) with { OneIsland = true }, Gpus.Ask(1) with { MaxCount = 3 }, Gpus.Ask(share: 500), Gpus.Ask(share: 300, gib: 10),
        Gpus.Ask(share: 100, gib: 60), Gpus.Ask() with { Models = ["A100"] }, Gpus.Ask() with { Models = ["A100", "H100"] }, Gpus.Ask() with { MigProfile = "3g.40gb" },
    ];

    private static readonly Gen<Device[]> SomeDevices = Gen.Int[0, 5].Array[0, 5].Select(kinds => kinds.SelectMany((kind, i) => kind switch
    {
        0 or 1 => [Gpus.H100(i, kind)],
        2 => [Gpus.H100(i, null)],
        3 => [Gpus.Of($"GPU-{i}", "A100", 40, 0)],
        4 => new[] { Gpus.H100(i) with { MigMode = true }, Gpus.Mig($"MIG-{i}a", $"GPU-{i}"), Gpus.Mig($"MIG-{i}b", $"GPU-{i}", instance: 2) },
        _ => [],
    }).ToArray());

    [Fact]
    public void Places_exactly_what_some_node_has_free_and_takes_nothing_twice() =>
        Gen.Select(SomeDevices.Array[1, 4], Gen.Int[0, 99].Array[30]).Sample((nodes, steps) =>
        {
            var ledger = new NodeLedger();
            for (var n = 0; n < nodes.Length; n++) Say(ledger, n, 1, Named(n, nodes[n]));
            var boards = new DeviceBoards(ledger, check: true);
            var (version, placed) = (1, new List<int>());
            for (var step = 0; step < steps.Length; step++)
            {
                if (steps[step] >= 80)
                {
                    if (steps[step] >= 90 && nodes.Length > 0) Sicken(steps[step]);
                    else if (placed.Count > 0) ledger.Unoffer(Some.Task(placed[steps[step] % placed.Count]));
                    continue;
                }

                var demand = DemandOf(steps[step]);
                var shape = Shape(demand);
                var possible = ledger.Nodes.Where(n => Placer.TurnedDownBy(shape, n) is null).ToList();
                var node = boards.Pick(shape, out var devices);
                Assert.Equal(possible.Count > 0, node is not null);
                if (node is null) continue;
                Assert.Contains(node, possible);
                Assert.True(DeviceMatch.Fills(demand, devices, node.Spec!), $"{demand} on {string.Join(", ", devices)}");
                foreach (var grant in devices)
                {
                    var entry = node.Devices.Told.ToArray().Single(d => d.Uuid == grant.Uuid);
                    Assert.True(entry.IsHealthy && !entry.IsOverlapped && !entry.Device!.MigMode && entry.State!.Epoch == grant.DeviceEpoch);
                    Assert.True(entry.TakenMilli + grant.ShareMilli <= 1000 && entry.TakenMemory + grant.MemoryBytes <= entry.Device!.MemoryBytes);
                }

                placed.Add(step);
                ledger.Offer(Some.Task(step), 0, node.Id, demand.Capacity, devices);
            }

            void Sicken(int number)
            {
                var n = number % nodes.Length;
                if (nodes[n].Length == 0) return;
                var spec = Named(n, nodes[n]);
                var phase = number % 2 == 0 ? DevicePhase.Lost : DevicePhase.Healthy;
                var states = spec.Devices.Select((d, i) => new DeviceState(d.Uuid, i == 0 ? phase : DevicePhase.Healthy, new Epoch(i == 0 ? 1 + version : 1), default, null));
                ledger.Apply(new NodeChanged(Nodes.Id(n), Some.Epoch1, ++version, NodePhase.Ready, null, true, [], [], MachineHarness.Start) { Devices = [.. states] });
            }
        }, iter: 400);

    [Fact]
    public void Finds_nothing_where_no_node_is_known() => Assert.Empty(Take(new NodeLedger(), new DeviceBoards(new NodeLedger()), 0, Gpus.Ask()));

    [Fact]
    public void Keeps_large_islands_whole()
    {
        var ledger = new NodeLedger();
        Say(ledger, 0, 1, Gpus.Node([.. Enumerable.Range(0, 4).Select(i => Gpus.H100(i, 0)), .. Enumerable.Range(4, 2).Select(i => Gpus.H100(i, 1))]));
        var boards = new DeviceBoards(ledger);

        Assert.Equal(["GPU-4", "GPU-5"], Take(ledger, boards, 0, Gpus.Ask(2) with { OneIsland = true }));
        Assert.Equal(4, Take(ledger, boards, 1, Gpus.Ask(4) with { OneIsland = true }).Length);
    }

    [Fact]
    public void An_island_ask_is_never_split_over_islands()
    {
        var ledger = new NodeLedger();
        Say(ledger, 0, 1, Gpus.Node(Gpus.H100(0, 0), Gpus.H100(1, 0), Gpus.H100(2, 1), Gpus.H100(3, 1)));
        var boards = new DeviceBoards(ledger);

        Assert.Empty(Take(ledger, boards, 0, Gpus.Ask(3) with { OneIsland = true }));
        Assert.Equal(3, Take(ledger, boards, 1, Gpus.Ask(3)).Length);
    }

    [Fact]
    public void A_range_takes_as_many_as_are_free()
    {
        var ledger = new NodeLedger();
        Say(ledger, 0, 1, Gpus.Node([.. Enumerable.Range(0, 6).Select(i => Gpus.H100(i))]));
        var boards = new DeviceBoards(ledger);

        Assert.Equal(4, Take(ledger, boards, 0, Gpus.Ask(2) with { MaxCount = 4 }).Length);
        Assert.Equal(2, Take(ledger, boards, 1, Gpus.Ask(2) with { MaxCount = 4 }).Length);
        Assert.Empty(Take(ledger, boards, 2, Gpus.Ask(2) with { MaxCount = 4 }));
    }

    [Fact]
    public void Takes_the_first_of_ordered_ways_that_is_free_and_the_models_of_one_ask_in_order()
    {
        var ledger = new NodeLedger();
        Say(ledger, 0, 1, Gpus.Node(Gpus.H100(0), Gpus.Of("GPU-A", "A100", 40)));
        Say(ledger, 1, 1, Gpus.Node(Gpus.Of("GPU-B", "A100", 40), Gpus.Of("GPU-C", "A100", 40)));
        var boards = new DeviceBoards(ledger);

        Assert.Equal(["GPU-0"], Take(ledger, boards, 0, Gpus.Ask() with { Models = ["H100", "A100"] }));
        var demand = new Demand(Some.Cpus(100)) { Asks = [Gpus.Ask() with { Models = ["H100"] }, Gpus.Ask(2) with { Models = ["A100"] }], Ordered = true };
        Assert.Equal(["GPU-B", "GPU-C"], Take(ledger, boards, 1, demand));
    }

    [Fact]
    public void Shares_fill_a_device_before_they_begin_another()
    {
        var ledger = new NodeLedger();
        Say(ledger, 0, 1, Gpus.Node(Gpus.H100(0), Gpus.H100(1)));
        var boards = new DeviceBoards(ledger);

        var used = Enumerable.Range(0, 4).Select(i => Take(ledger, boards, i, Gpus.Ask(share: 250))[0]).Distinct().ToList();
        Assert.Single(used);
        Assert.Single(Take(ledger, boards, 9, Gpus.Ask()));
    }

    [Fact]
    public void A_task_without_devices_prefers_a_node_without_any()
    {
        var ledger = new NodeLedger();
        Say(ledger, 0, 1, Gpus.Node(Gpus.H100(0)));
        ledger.Add(1, Some.Cpus(64_000, 65_536));

        Assert.Equal(Nodes.Id(1), new Placer().Pick(Nodes.Shape(Some.Cpus(1000)), ledger)!.Id);
    }

    private static Demand DemandOf(int number) => new(Some.Cpus(100))
    {
        Asks = number % 5 == 0 ? [Asks[number % Asks.Length], Asks[(number / 5) % Asks.Length]] : [Asks[number % Asks.Length]],
        Ordered = number % 10 == 0,
    };

    private static TaskShape Shape(Demand demand) => TaskShape.Of(Some.Template() with { Demand = demand }, null, Some.Settings().Fleet);

    private static string[] Take(NodeLedger ledger, DeviceBoards boards, int task, DeviceAsk ask) => Take(ledger, boards, task, new Demand(Some.Cpus(100)) { Asks = [ask] });

    private static string[] Take(NodeLedger ledger, DeviceBoards boards, int task, Demand demand)
    {
        if (boards.Pick(Shape(demand), out var devices) is not { } node) return [];
        ledger.Offer(Some.Task(task), 0, node.Id, demand.Capacity, devices);
        return [.. devices.Select(d => d.Uuid).Order()];
    }

    private static NodeSpec Named(int node, Device[] devices) => Gpus.Node(
        [.. devices.Select(d => d with { Uuid = $"{d.Uuid}.{node}", ParentUuid = d.ParentUuid is { } parent ? $"{parent}.{node}" : null })]);

    private static void Say(NodeLedger ledger, int number, long version, NodeSpec spec) => ledger.Apply(Specs.Says(Nodes.Id(number), version, spec) with
    {
        Devices = [.. spec.Devices.Select(d => new DeviceState(d.Uuid, DevicePhase.Healthy, Some.Epoch1, MachineHarness.Start, null))],
    });
}
