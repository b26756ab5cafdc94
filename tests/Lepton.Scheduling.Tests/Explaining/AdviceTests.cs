using System.Collections.Immutable;
using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Tests.StateMachines.Regions;

namespace Lepton.Scheduling.Tests.Explaining;

/// <summary>The smallest change of a request with which it would start now, in every dimension of it; what is told is true.</summary>
public sealed class AdviceTests
{
    private static readonly JobId Other = new(Some.East, "other");

    private static readonly RegionSettings Alone = Some.Settings() with
    {
        Fleet = [Some.East],
        MinimumRun = TimeSpan.Zero,
        Queues = [new QueueSettings { Name = "default" }, new QueueSettings { Name = "small", Quotas = [new QuotaSettings("cpu", 2000)] }],
    };

    [Fact]
    public void Names_less_cpu_and_memory_by_the_node_that_comes_nearest()
    {
        Assert.Contains("ask for 1 cpus instead of 2: it starts on us-east/n1 now", Next(Busy(), Some.Template(2000)));
        Assert.Contains("ask for 1 cpus instead of 2 and 3996 MiB of memory instead of 5000 MiB: it starts on us-east/n1 now", Next(Busy(), Some.Template() with { Demand = new Demand(Some.Cpus(2000, 5000)) }));
    }

    [Fact]
    public void Names_what_the_quota_leaves_or_another_queue()
    {
        var region = RegionHarness.Confirmed(Alone).WithNodes(Some.N1);
        var advice = Next(region, Some.Template(3000), queue: "small");
        Assert.Contains("submit it to queue default: it starts on us-east/n1 now", advice);
        Assert.Contains("ask for 2 cpus instead of 3: it starts on us-east/n1 now", advice);
    }

    [Fact]
    public void Names_labels_conditions_and_places_in_the_way()
    {
        var region = RegionHarness.Confirmed(Alone).WithNodes(Some.N1);
        Assert.StartsWith("leave out the label zone (placement.nodeSelector): it starts on", First(region, Some.Template() with { NodeSelector = Some.Template().NodeSelector.Add("zone", "a") }), StringComparison.Ordinal);
        Assert.StartsWith("do not avoid us-east/n1 (placement.avoid): it starts on", First(region, Some.Template() with { Avoid = ["us-east/n1"] }, job: "b"), StringComparison.Ordinal);
        Assert.StartsWith("allow us-east (placement.regions): it starts on", First(region, Some.Template() with { Regions = [new RegionId("mars")] }, job: "c"), StringComparison.Ordinal);
    }

    [Fact]
    public void Names_rules_about_neighbours_and_taints_in_the_way()
    {
        var region = RegionHarness.Confirmed(Alone).WithNodes(Some.N1);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template() with { Labels = App("noise") })), Other));
        region.AnswerDispatches();
        Assert.Contains(
            "let it run beside tasks labelled app: noise (placement.antiAffinity by node): it starts on us-east/n1 now",
            Next(region, Some.Template() with { AntiAffinity = [new NearRule(DomainLevel.Node, App("noise"), false)] }));
        Assert.Contains(
            "let it run away from tasks labelled app: cache (placement.affinity by node): it starts on us-east/n1 now",
            Next(region, Some.Template() with { Affinity = [new NearRule(DomainLevel.Node, App("cache"), false)] }, job: "b"));

        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 2, Some.Template() with { Spread = new SpreadRule(DomainLevel.Node, 1, 0) })), new JobId(Some.East, "c")));
        Assert.Contains("do not spread it over nodes (placement.spread): it starts on us-east/n1 now", region.Explain(new TaskId(new JobId(Some.East, "c"), 1)).Next);

        var tainted = RegionHarness.Confirmed(Alone);
        tainted.Ask(Specs.Says(Some.N1, spec: Some.Node() with { Taints = [new Taint("team", "x", TaintEffect.NoSchedule)] }));
        Assert.Equal("tolerate team=x:NoSchedule (placement.tolerations): it starts on us-east/n1 now", First(tainted, Some.Template()));
    }

    [Fact]
    public void Names_no_room_where_a_rule_about_neighbours_would_still_keep_it_away()
    {
        // Half of it would fit beside the noise, were it not for the noise.
        var region = RegionHarness.Confirmed(Alone).WithNodes(Some.N1);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template(2000) with { Labels = App("noise") })), Other));
        region.AnswerDispatches();

        Assert.DoesNotContain(Next(region, Some.Template(4000) with { AntiAffinity = [new NearRule(DomainLevel.Node, App("noise"), false)] }), n => n.Contains("now", StringComparison.Ordinal));
    }

    [Fact]
    public void Names_the_priority_that_would_put_others_off_for_a_whole_gang()
    {
        var life = new RegionLife();
        var region = RegionHarness.Confirmed(Alone).WithNodes(Some.N1, Some.N2);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 2, Some.Template(3000))) with { Priority = 10 }, Other));
        life.Runs(region);
        region.Pass(TimeSpan.FromSeconds(2));

        Assert.Contains("raise its priority from 5 to 11: 2 tasks of us-east/n1, us-east/n2 would be put off for its gang", Next(region, Some.Template(4000) with { GangSize = 2 }, tasks: 2));
    }

    [Fact]
    public void What_is_told_of_rules_about_neighbours_is_true_and_nothing_true_is_left_out() =>
        Gen.Select(Gen.Select(Gen.Int[1, 4], Gen.Int[0, 1]).Array[1, 3], Gen.Select(Gen.Int[1, 3], Gen.Bool).Array[0, 3], Gen.Int[1, 4], Gen.Int[0, 4], Gen.Int[1, 2], Gen.Int[0, 1]).Sample((nodes, running, cores, rule, level, reservations) =>
        {
            var by = level == 1 ? DomainLevel.Node : DomainLevel.Zone;
            var plain = Some.Template(cores * 1000);
            var ruled = rule switch
            {
                0 => plain with { AntiAffinity = [new NearRule(by, App("x"), false)] },
                1 => plain with { Affinity = [new NearRule(by, App("x"), false)] },
                2 => plain with { Spread = new SpreadRule(by, 1, 0) },
                3 => plain with { AntiAffinity = [new NearRule(by, null, false)] },
                _ => plain with { Spread = new SpreadRule(by, 0, 1) },
            };

            (MachineHarness Region, bool Starts) Submit(TaskTemplate template)
            {
                var region = RegionHarness.Confirmed(Alone with { Reservations = reservations });
                for (var n = 0; n < nodes.Length; n++)
                {
                    region.Ask(Specs.Says(new NodeId(Some.East, $"n{n}"), spec: Some.Node(nodes[n].Item1 * 1000L) with { Labels = Some.Template().NodeSelector.Add("zone", $"z{nodes[n].Item2}") }));
                }

                foreach (var (size, isX) in running) region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template(size * 1000) with { Labels = App(isX ? "x" : "y") })), new JobId(Some.East, $"r{region.Dispatches().Count}-{size}")));
                var before = region.Dispatches().Count;
                region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 2, template)), new JobId(Some.East, "job")));
                return (region, region.Dispatches().Count == before + 2);
            }

            var (region, starts) = Submit(ruled);
            if (starts) return;
            var started = region.Dispatches().Count(d => d.Run.Task.Job.Key == "job");
            var next = region.Explain(new TaskId(new JobId(Some.East, "job"), started)).Next;
            Assert.Equal(Submit(plain).Region.Dispatches().Count(d => d.Run.Task.Job.Key == "job") > started, next.Any(n => n.Contains("placement.a", StringComparison.Ordinal) || n.Contains("placement.spread", StringComparison.Ordinal)));
        }, iter: 500);

    [Fact]
    public void Names_another_region_that_has_room()
    {
        var region = RegionHarness.Confirmed(Alone with { Fleet = [Some.East, Some.West] }).WithNodes(Some.N1);
        region.Ask(new RegionBeat(RegionHarness.Summary(Some.West)));
        Assert.Contains("allow eu-west (placement.regions): by its word eu-west has room now", Next(region, Some.Template(8000) with { Regions = [Some.East] }));
    }

    [Fact]
    public void Names_the_lowest_priority_that_would_put_others_off() =>
        Assert.Contains("raise its priority from 10 to 11: 1 task of us-east/n1 would be put off for it", Next(Busy(), Some.Template(4000), priority: 10));

    [Fact]
    public void Names_fewer_members_of_a_gang() =>
        Assert.Equal("ask for 3 members instead of 4 (gang.size): they start in us-east now", First(RegionHarness.Confirmed(Alone).WithNodes(Some.N1), Some.Template(1300) with { GangSize = 4 }, tasks: 4));

    [Fact]
    public void Names_fewer_smaller_or_other_devices()
    {
        var node = Gpus.Node(Gpus.Of("GPU-A", "A100", 40), Gpus.Of("GPU-B", "A100", 40));
        var region = RegionHarness.Confirmed(Alone);
        region.Ask(Specs.Says(Some.N1, 1, node) with { Devices = [.. node.Devices.Select(d => new DeviceState(d.Uuid, DevicePhase.Healthy, Some.Epoch1, MachineHarness.Start, null))] });

        Assert.StartsWith("ask for 2 GPU instead of 3 (resources.accelerators): it starts on", First(region, Gpus.Template(Gpus.Ask(3))), StringComparison.Ordinal);
        Assert.StartsWith("ask for 40960 MiB of device memory instead of 81920 MiB (resources.gpuMemory)", First(region, Gpus.Template(Gpus.Ask(gib: 80)), job: "b"), StringComparison.Ordinal);
        Assert.StartsWith("allow A100 too (resources.accelerators)", First(region, Gpus.Template(Gpus.Ask() with { Models = ["H100"] }), job: "c"), StringComparison.Ordinal);
    }

    /// <summary>Brute force: of all smaller amounts of CPU the largest that starts is the one that is told, and with it the task does start.</summary>
    [Fact]
    public void Agrees_with_trying_every_amount() => Gen.Select(Gen.Int[0, 4].Array[1, 3], Gen.Int[1, 12]).Sample((taken, asked) =>
    {
        MachineHarness Fresh()
        {
            var region = RegionHarness.Confirmed(Alone);
            for (var n = 0; n < taken.Length; n++)
            {
                var held = taken[n] == 0 ? Array.Empty<Held>() : [new Held(new AttemptId(new TaskId(Other, n), 1), Some.Cpus(taken[n] * 1000))];
                region.Ask(Specs.Says(new NodeId(Some.East, $"n{n}"), 1, holds: held));
            }

            return region;
        }

        bool Starts(int cpus)
        {
            var region = Fresh();
            region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template(cpus * 1000)))));
            return region.Dispatches().Count > 0;
        }

        if (Starts(asked)) return;
        var best = Enumerable.Range(1, asked - 1).Where(Starts).DefaultIfEmpty(0).Max();
        var told = Next(Fresh(), Some.Template(asked * 1000)).FirstOrDefault(n => n.StartsWith("ask for ", StringComparison.Ordinal) && n.Contains("instead of", StringComparison.Ordinal));
        if (best == 0) Assert.Null(told);
        else Assert.StartsWith($"ask for {best} cpus instead of {asked}:", told, StringComparison.Ordinal);
    }, iter: 200);

    /// <summary>A node of 4 cores of which a task of priority 10 has 3.</summary>
    private static MachineHarness Busy()
    {
        var region = RegionHarness.Confirmed(Alone).WithNodes(Some.N1);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, 1, Some.Template(3000))) with { Priority = 10 }, Other));
        region.AnswerDispatches();
        return region.Pass(TimeSpan.FromSeconds(2));
    }

    private static ImmutableSortedDictionary<string, string> App(string app) => ImmutableSortedDictionary<string, string>.Empty.Add("app", app);

    private static string First(MachineHarness region, TaskTemplate template, string job = "a", int tasks = 1) => Next(region, template, job: job, tasks: tasks)[0];

    private static IReadOnlyList<string> Next(MachineHarness region, TaskTemplate template, string queue = "default", int priority = 5, string job = "a", int tasks = 1)
    {
        var id = new JobId(Some.East, job);
        region.Ask(Specs.Ready(Specs.Job(Specs.Group("only", 0, tasks, template)) with { Queue = queue, Priority = priority }, id));
        Assert.DoesNotContain(region.Dispatches(), d => d.Run.Task.Job == id);
        return region.Explain(new TaskId(id, 0)).Next;
    }
}
