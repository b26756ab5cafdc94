using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Queueing.FairShare;
using Lepton.Scheduling.Queueing.Preempting;
using Lepton.Scheduling.Queueing.Reserving;
using Lepton.Scheduling.Tests.Queueing.FairShare;

namespace Lepton.Scheduling.Tests.Queueing.Preempting;

public sealed class VictimSearchTests
{
    private static readonly DateTimeOffset Now = MachineHarness.Start.AddHours(1);
    private static readonly long[] Totals = [8, 8];

    private static readonly QueueSettings[] Queues =
        [Trees.Queue("all"), Trees.Queue("a", "all", 1, Trees.Cpu(4)), Trees.Queue("b", "all", 1, Trees.Cpu(4)), Trees.Queue("c", "all", 1, Trees.Cpu(0))];

    private static readonly Gen<RunningTask> Running = Gen.Select(
        Gen.Int[0, 1], Gen.Int[2, 4], Gen.Int[0, 2], Gen.Long[1, 3], Gen.Long[0, 2], Gen.Int[0, 90], Gen.Int[0, 4], (node, queue, priority, cpu, memory, minutes, checkpoint) =>
        Task(0, node, queue, priority, [cpu, memory], minutes, checkpoint == 0 ? null : TimeSpan.FromMinutes(checkpoint * 7)));

    private static readonly Gen<(RunningTask[] Tasks, Preemptor Wants)> Gangs = Gen.Select(
        Running.Array[0, 6], Gen.Int[2, 4], Gen.Int[0, 3], Gen.Long[1, 3].Array[2], Gen.Int[1, 3], (tasks, queue, priority, each, members) =>
        (tasks, new Preemptor(queue, priority, [.. each.Select(e => e * members)], members)));

    [Fact]
    public void Takes_the_least_work_lost_not_the_least_work_done()
    {
        var bench = new Bench(Trees.Queue("q"));
        RunningTask[] running =
        [
            Task(1, 0, 1, 1, [4, 0], minutes: 10),
            Task(2, 0, 1, 1, [4, 0], minutes: 50, checkpoint: TimeSpan.FromMinutes(7)),         // 1 minute since the last one
        ];

        var victims = bench.Find(new Preemptor(1, 5, [4, 0]), running, (0, [0, 0]));

        Assert.Equal(2, Assert.Single(victims!.Tasks).Task.Index);
    }

    [Fact]
    public void Leaves_alone_equals_the_young_and_what_may_not_be_put_off()
    {
        var bench = new Bench(TimeSpan.FromMinutes(5), Trees.Queue("q"));
        var preemptor = new Preemptor(1, 5, [4, 0]);

        Assert.Null(bench.Find(preemptor, [Task(1, 0, 1, 5, [4, 0], 10)], (0, [0, 0])));
        Assert.Null(bench.Find(preemptor, [Task(1, 0, 1, 1, [4, 0], 4)], (0, [0, 0])));
        Assert.NotNull(bench.Find(preemptor, [Task(1, 0, 1, 1, [4, 0], 5)], (0, [0, 0])));
        Assert.Null(bench.Find(preemptor, [Task(1, 0, 1, 1, [4, 0], 19, putOff: 2)], (0, [0, 0])));
        Assert.NotNull(bench.Find(preemptor, [Task(1, 0, 1, 1, [4, 0], 20, putOff: 2)], (0, [0, 0])));
        Assert.Null(bench.Find(preemptor, [Task(1, 0, 1, 1, [4, 0], 10, may: false)], (0, [0, 0])));
    }

    [Fact]
    public void Gives_a_queue_its_quota_back_from_a_borrower_whatever_its_priority()
    {
        var bench = new Bench(Queues);
        RunningTask[] running = [Task(1, 0, bench.Queue("b"), 90, [3, 0], 10), Task(2, 0, bench.Queue("b"), 90, [3, 0], 20)];

        var victims = bench.Find(new Preemptor(bench.Queue("a"), 0, [3, 0]), running, (0, [2, 8]));

        Assert.Equal(1, Assert.Single(victims!.Tasks).Task.Index);
        Assert.Null(bench.Find(new Preemptor(bench.Queue("c"), 99, [3, 0]), running, (0, [2, 8])));       // it has no quota of its own
    }

    [Fact]
    public void Agrees_with_trying_every_set() => Gen.Select(Running.Array[0, 6], Gen.Int[2, 4], Gen.Int[0, 3], Gen.Long[1, 5].Array[2]).Sample((tasks, queue, priority, asked) =>
    {
        var running = tasks.Select((t, i) => Task(i + 1, t.Node, t.Queue, t.Priority, t.Amounts, (int)(Now - t.StartedAt).TotalMinutes, t.CheckpointEvery)).ToArray();
        var bench = new Bench(Queues);
        bench.Charge(running);
        (int Node, long[] Free)[] nodes = [(0, FreeOf(0)), (1, FreeOf(1))];
        var preemptor = new Preemptor(queue, priority, asked);
        (double Cost, int Count)? best = null;
        for (var set = 1; set < 1 << running.Length; set++)
        {
            var victims = running.Where((_, i) => (set & (1 << i)) != 0).ToArray();
            if (!victims.All(v => bench.Rules.MayPutOff(preemptor, v, Now))) continue;
            foreach (var victim in victims) bench.Quotas.Release(victim.Queue, victim.Amounts);
            var legal = bench.Quotas.Shortage(queue, asked) < 0 && bench.Rules.Leaves(preemptor, victims)
                && nodes.Any(n => asked.Select((a, k) => a <= n.Free[k] + victims.Where(v => v.Node == n.Node).Sum(v => v.Amounts[k])).All(ok => ok));
            foreach (var victim in victims) bench.Quotas.Charge(victim.Queue, victim.Amounts);
            var cost = victims.Sum(v => VictimSearch.CostOf(v, Totals, Now));
            if (legal && (best is null || cost < best.Value.Cost - 1e-9 || (cost < best.Value.Cost + 1e-9 && victims.Length < best.Value.Count))) best = (cost, victims.Length);
        }

        if (nodes.Any(n => asked[0] <= n.Free[0] && asked[1] <= n.Free[1]) && bench.Quotas.Shortage(queue, asked) < 0) return;      // nobody need go
        var found = bench.Search.Find(preemptor, running, nodes, Totals, Now);

        Assert.Equal(best is null, found is null);
        if (found is null) return;
        Assert.InRange(found.Cost, best!.Value.Cost - 1e-9, best.Value.Cost + 1e-9);
        Assert.Equal(best.Value.Count, found.Tasks.Count);
        foreach (var q in bench.Tree.Queues) Assert.Equal(running.Where(r => r.Queue == q).Sum(r => r.Amounts[0]), bench.Quotas.HeldBy(q, 0));

        long[] FreeOf(int node) => [.. Enumerable.Range(0, 2).Select(k => Math.Max(0, 4 - running.Where(r => r.Node == node).Sum(r => r.Amounts[k])))];
    }, iter: 1000);

    [Fact]
    public void Never_lets_tasks_put_each_other_off_for_ever() => Gen.Select(Running.Array[2, 9], Gen.Int[0, 100]).Sample((tasks, seed) =>
        Assert.InRange(Evictions(tasks, seed, (tree, quotas) => new PreemptionRules(tree, quotas, TimeSpan.Zero)), 0, 60));

    [Fact]
    public void Catches_planted_rules_that_let_equals_put_each_other_off()
    {
        RunningTask[] three = [Task(1, 0, 2, 1, [3, 0], 10), Task(2, 0, 2, 1, [3, 0], 10), Task(3, 0, 2, 1, [3, 0], 10)];

        Assert.InRange(Evictions(three, 1, (tree, quotas) => new PreemptionRules(tree, quotas, TimeSpan.Zero)), 0, 0);
        Assert.True(Evictions(three, 1, (tree, quotas) => new EqualsToo(tree, quotas)) > 60);
    }

    /// <summary>Tasks, and gangs of two on two nodes or one, against a preemptor of one to three members.</summary>
    [Fact]
    public void Agrees_with_trying_every_set_of_tasks_and_gangs() => Gangs.Sample(gang => AssertCheapest(Units(gang.Tasks), gang.Wants, Right), iter: 2000);

    /// <summary>At most so many of a crowd on a node: the members are of it, and so is every second one that runs.</summary>
    [Fact]
    public void Agrees_with_trying_every_set_where_domains_count() => Gen.Select(Gangs, Gen.Int[1, 2]).Sample((gang, most) => AssertCheapest(Units(gang.Tasks), gang.Wants, Right, most), iter: 2000);

    [Theory]
    [InlineData("never takes back what a queue has lent")]
    [InlineData("takes from queues that borrow nothing")]
    [InlineData("puts off equals")]
    [InlineData("is content with half a gang")]
    [InlineData("ends one more than it must")]
    public void Catches_a_planted_preemption_that(string mistake) => Planted.IsCaught(() => Gangs.Sample(
        gang => AssertCheapest(Units(gang.Tasks), gang.Wants, (bench, preemptor, running, nodes) =>
        {
            PreemptionRules rules = mistake switch
            {
                "never takes back what a queue has lent" => new NeverReclaims(bench.Tree, bench.Quotas),
                "takes from queues that borrow nothing" => new TakesFromAll(bench.Tree, bench.Quotas),
                "puts off equals" => new EqualsToo(bench.Tree, bench.Quotas),
                _ => bench.Rules,
            };
            var half = Math.Max(1, preemptor.Pieces / 2);
            var asks = mistake == "is content with half a gang" ? new Preemptor(preemptor.Queue, preemptor.Priority, [.. preemptor.Each.Select(e => e * half)], half) : preemptor;
            var found = new VictimSearch(bench.Tree, bench.Quotas, rules).Find(asks, running, nodes, Totals, Now);
            if (mistake != "ends one more than it must" || found is null || running.Except(found.Tasks).FirstOrDefault() is not { } more) return found;
            return found with { Tasks = [.. found.Tasks, more], Cost = found.Cost + VictimSearch.CostOf(more, Totals, Now) };
        }),
        iter: 20_000));

    [Fact]
    public void Puts_a_gang_off_as_a_whole_at_the_cost_of_all_its_members()
    {
        var bench = new Bench(Trees.Queue("q"));
        var gang = Gang(Task(1, 0, 1, 1, [4, 0], minutes: 10), Task(2, 1, 1, 1, [4, 0], minutes: 10));
        var victims = bench.Find(new Preemptor(1, 5, [4, 0]), [gang, Task(3, 0, 1, 1, [4, 0], minutes: 15)], (0, [0, 0]));
        Assert.Equal(3, Assert.Single(victims!.Tasks).Task.Index);      // 15 minutes of one are less than 10 of two

        victims = bench.Find(new Preemptor(1, 5, [8, 0], 2), [gang, Task(3, 0, 1, 1, [4, 0], minutes: 15)], (0, [0, 0]), (1, [0, 0]));
        Assert.Equal([0, 1], Assert.Single(victims!.Tasks).Members.Select(m => m.Node));
        Assert.Equal([0, 1], victims.Pieces.Select(p => p.Node));
        Assert.Null(bench.Find(new Preemptor(1, 5, [12, 0], 3), [gang], (0, [0, 0]), (1, [0, 0])));       // all members or nobody
    }

    [Fact]
    public void Never_lets_tasks_and_gangs_put_each_other_off_for_ever() => Gen.Select(Running.Array[2, 9], Gen.Int[0, 100]).Sample((tasks, seed) =>
        Assert.InRange(Evictions(Units(tasks), seed, (tree, quotas) => new PreemptionRules(tree, quotas, TimeSpan.Zero)), 0, 60));

    [Fact]
    public void Catches_planted_rules_that_let_equal_gangs_put_each_other_off()
    {
        RunningTask[] two = [.. new[] { 1, 3 }.Select(i => Gang(Task(i, 0, 2, 1, [3, 0], 10), Task(i + 1, 1, 2, 1, [3, 0], 10)))];
        for (var i = 0; i < two.Length; i++) two[i] = two[i] with { Queue = 2 };

        Assert.Equal(0, Evictions(two, 1, (tree, quotas) => new PreemptionRules(tree, quotas, TimeSpan.Zero)));
        Assert.True(Evictions(two, 1, (tree, quotas) => new EqualsToo(tree, quotas)) > 60);
    }

    private static Victims? Right(Bench bench, Preemptor preemptor, RunningTask[] running, (int Node, long[] Free)[] nodes) => bench.Search.Find(preemptor, running, nodes, Totals, Now);

    /// <summary>Brute force: what a search finds on two nodes costs as much as the cheapest of all sets that the rules allow, and holds every member.</summary>
    private static void AssertCheapest(
        RunningTask[] running, Preemptor preemptor, Func<Bench, Preemptor, RunningTask[], (int Node, long[] Free)[], Victims?> find, int most = int.MaxValue)
    {
        var bench = new Bench(Queues);
        bench.Charge(running);
        (int Node, long[] Free)[] nodes = [(0, FreeOf(0)), (1, FreeOf(1))];
        var crowd = running.Where((_, i) => i % 2 == 0).SelectMany(r => r.Members.Count > 0 ? r.Members : [r]).ToArray();
        if (most < int.MaxValue)
        {
            int[] there = [.. nodes.Select(n => crowd.Count(c => c.Node == n.Node))];
            var limits = new DomainLimits([new DomainRule([0, 1], [.. there], there.Sum()) { Most = most, CountsPieces = true }]);
            foreach (var task in crowd) limits.Counts(task.Task, 1);
            preemptor = preemptor with { Limits = limits };
        }

        if (bench.Quotas.Shortage(preemptor.Queue, preemptor.Amounts) < 0 && Holds([])) return;       // nobody need go
        double? best = null;
        for (var set = 1; set < 1 << running.Length; set++)
        {
            var victims = running.Where((_, i) => (set & (1 << i)) != 0).ToArray();
            if (!victims.All(v => bench.Rules.MayPutOff(preemptor, v, Now))) continue;
            foreach (var victim in victims) bench.Quotas.Release(victim.Queue, victim.Amounts);
            var legal = bench.Quotas.Shortage(preemptor.Queue, preemptor.Amounts) < 0 && bench.Rules.Leaves(preemptor, victims) && Holds(victims);
            foreach (var victim in victims) bench.Quotas.Charge(victim.Queue, victim.Amounts);
            var cost = victims.Sum(v => VictimSearch.CostOf(v, Totals, Now));
            if (legal && (best is null || cost < best - 1e-9)) best = cost;
        }

        var found = find(bench, preemptor, running, nodes);

        Assert.Equal(best is null, found is null);
        foreach (var q in bench.Tree.Queues) Assert.Equal(running.Where(r => r.Queue == q).Sum(r => r.Amounts[0]), bench.Quotas.HeldBy(q, 0));
        if (found is null) return;
        Assert.InRange(found.Cost, best!.Value - 1e-9, best.Value + 1e-9);
        Assert.Equal(preemptor.Pieces, found.Pieces.Sum(p => p.Count));
        foreach (var piece in found.Pieces) Assert.InRange(piece.Count, 1, MayOn(piece.Node, [.. found.Tasks]));

        long[] FreeOf(int node) => [.. Enumerable.Range(0, 2).Select(k => Math.Max(0, 4 - running.Sum(r => On(r, node, k))))];
        int MayOn(int node, RunningTask[] gone) => Math.Clamp(
            most == int.MaxValue ? most : most - crowd.Count(c => c.Node == node && !gone.Any(g => g.Task == c.Task || g.Members.Any(m => m.Task == c.Task))),
            0,
            (int)Enumerable.Range(0, 2).Min(k => (nodes[node].Free[k] + gone.Sum(v => On(v, node, k))) / preemptor.Each[k]));
        bool Holds(RunningTask[] gone) => MayOn(0, gone) + MayOn(1, gone) >= preemptor.Pieces;
    }

    /// <summary>Each third task takes a second member with it: gangs of two, with the same queue and priority.</summary>
    private static RunningTask[] Units(RunningTask[] tasks) =>
    [
        .. tasks.Select((t, i) =>
        {
            var task = Task(10 * (i + 1), t.Node, t.Queue, t.Priority, t.Amounts, (int)(Now - t.StartedAt).TotalMinutes, t.CheckpointEvery);
            return i % 3 == 2 ? Gang(task, task with { Task = Some.Task((10 * (i + 1)) + 1), Node = i % 2 }) : task;
        }),
    ];

    private static RunningTask Gang(params RunningTask[] members) =>
        members[0] with { Members = members, Amounts = [.. members[0].Amounts.Select((_, k) => members.Sum(m => m.Amounts[k]))] };

    private static long On(RunningTask unit, int node, int kind) =>
        unit.Members.Count > 0 ? unit.Members.Where(m => m.Node == node).Sum(m => m.Amounts[kind]) : unit.Node == node ? unit.Amounts[kind] : 0;

    /// <summary>Two nodes of 4 and tasks that never end: each waits, starts, or puts others off. How often somebody was put off, 200 at most.</summary>
    private static int Evictions(RunningTask[] tasks, int seed, Func<QueueTree, QuotaBook, PreemptionRules> rules)
    {
        var bench = new Bench(Queues);
        var search = new VictimSearch(bench.Tree, bench.Quotas, rules(bench.Tree, bench.Quotas));
        var waiting = tasks.Select((t, i) => (Index: i, Work: t)).OrderBy(t => (t.Index * 7919) ^ seed).Select(t => t.Work with { Task = Some.Task(10 * t.Index) }).ToList();
        var (running, evictions) = (new List<RunningTask>(), 0);
        for (var progress = true; progress && evictions < 200;)
        {
            progress = false;
            foreach (var task in waiting.ToList())
            {
                var members = Math.Max(1, task.Members.Count);
                var preemptor = new Preemptor(task.Queue, task.Priority, task.Amounts, members);
                (int Node, long[] Free)[] nodes = [(0, FreeOn(0)), (1, FreeOn(1))];
                var places = bench.Quotas.Shortage(task.Queue, task.Amounts) >= 0 ? [] : Places(nodes, preemptor.Each, members);
                if (places.Count == 0)
                {
                    if (search.Find(preemptor, running, nodes, Totals, Now) is not { } found) continue;
                    foreach (var victim in found.Tasks)
                    {
                        running.Remove(victim);
                        bench.Quotas.Release(victim.Queue, victim.Amounts);
                        waiting.Add(victim);
                        evictions++;
                    }

                    places = [.. found.Pieces.SelectMany(p => Enumerable.Repeat(p.Node, p.Count))];
                }

                waiting.Remove(task);
                running.Add(task.Members.Count == 0 ? task with { Node = places[0] } : task with { Node = places[0], Members = [.. task.Members.Select((m, i) => m with { Node = places[i] })] });
                bench.Quotas.Charge(task.Queue, task.Amounts);
                foreach (var node in new[] { 0, 1 }) Assert.All(FreeOn(node), free => Assert.InRange(free, 0, 4));
                progress = true;
            }
        }

        return evictions;

        long[] FreeOn(int node) => [.. Enumerable.Range(0, 2).Select(k => 4 - running.Sum(r => On(r, node, k)))];
    }

    /// <summary>A node for each member; none when they do not all fit.</summary>
    private static List<int> Places((int Node, long[] Free)[] nodes, long[] each, int members)
    {
        var places = nodes.SelectMany(n => Enumerable.Repeat(n.Node, (int)Enumerable.Range(0, each.Length).Min(k => each[k] == 0 ? members : n.Free[k] / each[k]))).Take(members).ToList();
        return places.Count == members ? places : [];
    }

    private static RunningTask Task(
        int index, int node, int queue, int priority, long[] amounts, int minutes, TimeSpan? checkpoint = null, int putOff = 0, bool may = true) => new()
        {
            Task = Some.Task(index),
            Node = node,
            Queue = queue,
            Priority = priority,
            StartedAt = Now.AddMinutes(-minutes),
            CheckpointEvery = checkpoint,
            TimesPutOff = putOff,
            MayBePutOff = may,
            Amounts = amounts,
        };

    private sealed class EqualsToo(QueueTree tree, QuotaBook quotas) : PreemptionRules(tree, quotas, TimeSpan.Zero)
    {
        public override bool MayPutOff(Preemptor preemptor, RunningTask victim, DateTimeOffset now) => victim.Queue == preemptor.Queue && victim.Priority <= preemptor.Priority;
    }

    private sealed class NeverReclaims(QueueTree tree, QuotaBook quotas) : PreemptionRules(tree, quotas, TimeSpan.Zero)
    {
        public override bool MayPutOff(Preemptor preemptor, RunningTask victim, DateTimeOffset now) => victim.Queue == preemptor.Queue && base.MayPutOff(preemptor, victim, now);
    }

    private sealed class TakesFromAll(QueueTree tree, QuotaBook quotas) : PreemptionRules(tree, quotas, TimeSpan.Zero)
    {
        public override bool MayPutOff(Preemptor preemptor, RunningTask victim, DateTimeOffset now) => true;
    }

    private sealed class Bench
    {
        public Bench(params QueueSettings[] queues)
            : this(TimeSpan.Zero, queues)
        {
        }

        public Bench(TimeSpan minimumRun, params QueueSettings[] queues)
        {
            Tree = Trees.Tree(queues);
            Quotas = new QuotaBook(Tree, new ResourceKinds());
            Rules = new PreemptionRules(Tree, Quotas, minimumRun);
            Search = new VictimSearch(Tree, Quotas, Rules);
        }

        public QueueTree Tree { get; }

        public QuotaBook Quotas { get; }

        public PreemptionRules Rules { get; }

        public VictimSearch Search { get; }

        public int Queue(string name) => Tree.Find(name);

        public void Charge(RunningTask[] running)
        {
            foreach (var task in running) Quotas.Charge(task.Queue, task.Amounts);
        }

        public Victims? Find(Preemptor preemptor, RunningTask[] running, params (int Node, long[] Free)[] nodes)
        {
            Charge(running);
            var found = Search.Find(preemptor, running, nodes, Totals, Now);
            foreach (var task in running) Quotas.Release(task.Queue, task.Amounts);
            return found;
        }
    }
}
