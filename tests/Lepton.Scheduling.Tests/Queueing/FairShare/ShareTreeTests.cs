using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Queueing.FairShare;

namespace Lepton.Scheduling.Tests.Queueing.FairShare;

public sealed class ShareTreeTests
{
    [Fact]
    public void Splits_the_example_of_the_paper_as_the_paper_does()
    {
        // 9 cores and 18 GB; a asks <1, 4>, b asks <3, 1>: three tasks of a, two of b.
        var started = Fill([9, 18], [Trees.Queue("a"), Trees.Queue("b")], ("a", [1, 4]), ("b", [3, 1]));

        Assert.Equal(3, started["a"]);
        Assert.Equal(2, started["b"]);
    }

    [Fact]
    public void Gives_twice_the_weight_twice_the_share()
    {
        var started = Fill([30, 30], [Trees.Queue("a"), Trees.Queue("b", null, 2)], ("a", [1, 1]), ("b", [1, 1]));

        Assert.Equal(10, started["a"]);
        Assert.Equal(20, started["b"]);
    }

    [Fact]
    public void Shares_between_cohorts_before_it_shares_between_their_queues()
    {
        var started = Fill(
            [24, 24],
            [Trees.Queue("lab"), Trees.Queue("l1", "lab"), Trees.Queue("l2", "lab"), Trees.Queue("l3", "lab"), Trees.Queue("solo")],
            ("l1", [1, 1]), ("l2", [1, 1]), ("l3", [1, 1]), ("solo", [1, 1]));

        Assert.Equal(12, started["solo"]);
        Assert.Equal([4, 4, 4], [started["l1"], started["l2"], started["l3"]]);
    }

    [Fact]
    public void Guarantees_every_queue_its_share_whatever_others_ask() =>
        Gen.Select(Gen.Int[1, 5], Gen.Long[1, 4].Array[2].Array[5]).Sample((queues, asked) =>
        {
            // Share guarantee: with n queues, each that wants more holds at least 1/n of its dominant kind, but for tasks being whole.
            const long All = 60;
            var names = Enumerable.Range(0, queues).Select(i => $"q{i}").ToArray();
            var started = Fill([All, All], [.. names.Select(n => Trees.Queue(n))], [.. names.Select((n, i) => (n, asked[i]))]);
            var whole = asked.Take(queues).Sum(a => a.Max());
            for (var i = 0; i < queues; i++)
            {
                var dominant = asked[i].Max();
                Assert.True((started[names[i]] + 1) * dominant * queues >= All - whole, $"q{i} got {started[names[i]]} of {dominant}");
            }
        });

    [Fact]
    public void Pays_nobody_for_asking_more_than_it_needs() =>
        Gen.Select(Gen.Long[1, 4].Array[2], Gen.Long[1, 4].Array[2], Gen.Long[0, 3].Array[2]).Sample((honest, other, more) =>
        {
            // Strategy-proofness: padding its tasks never starts more of them.
            QueueSettings[] queues = [Trees.Queue("a"), Trees.Queue("b")];
            var plain = Fill([60, 60], queues, ("a", honest), ("b", other))["a"];
            var padded = Fill([60, 60], queues, ("a", [honest[0] + more[0], honest[1] + more[1]]), ("b", other))["a"];

            Assert.True(padded <= plain + 1, $"{padded} > {plain}");       // +1: tasks are whole
        });

    [Fact]
    public void Does_not_starve_a_queue_whose_sibling_holds_all_of_what_nobody_else_asks()
    {
        var tree = Trees.Tree(Trees.Queue("lab"), Trees.Queue("gpu", "lab"), Trees.Queue("cpu", "lab"), Trees.Queue("other"));
        var shares = new ShareTree(tree, 2);
        shares.SetTotals([10, 100]);
        shares.Charge(tree.Find("gpu"), [10, 0]);
        shares.SetActive(tree.Find("cpu"), true);
        shares.SetActive(tree.Find("other"), true);

        var started = new Dictionary<string, int> { ["cpu"] = 0, ["other"] = 0 };
        for (var i = 0; i < 100; i++)
        {
            var queue = shares.Next;
            started[tree.NameOf(queue)]++;
            shares.Charge(queue, [0, 1]);
        }

        Assert.InRange(started["cpu"], 30, 50);
    }

    [Fact]
    public void Breaks_ties_by_name()
    {
        var tree = Trees.Tree(Trees.Queue("b"), Trees.Queue("a"), Trees.Queue("c"));
        var shares = new ShareTree(tree, 2);
        foreach (var queue in tree.Queues) shares.SetActive(queue, true);

        Assert.Equal("a", tree.NameOf(shares.Next));
        shares.SetActive(tree.Find("a"), false);
        Assert.Equal("b", tree.NameOf(shares.Next));
        foreach (var queue in tree.Queues) shares.SetActive(queue, false);
        Assert.Equal(-1, shares.Next);
    }

    [Fact]
    public void Agrees_with_the_definition_after_any_history() =>
        Gen.Select(Trees.Any, Gen.Select(Gen.Int[0, 6], Gen.Long[0, 5].Array[3], Gen.Int[0, 3]).Array[1, 60]).Sample((settings, steps) =>
        {
            var tree = new QueueTree(settings);
            var shares = new ShareTree(tree, 3);
            shares.SetTotals([50, 40, 10]);
            var held = new Dictionary<int, long[]>();
            var queues = tree.Queues.ToList();
            foreach (var (at, amounts, what) in steps)
            {
                var queue = queues[at % queues.Count];
                if (what == 0) shares.SetActive(queue, !shares.IsActive(queue));
                else if (what == 1 && held.Remove(queue, out var all)) shares.Release(queue, all);
                else
                {
                    shares.Charge(queue, amounts);
                    held[queue] = [.. amounts.Select((a, k) => a + (held.TryGetValue(queue, out var before) ? before[k] : 0))];
                }

                var definition = new Definition(tree, shares, held, [50, 40, 10]);
                var next = shares.Next;
                Assert.Equal(queues.Any(shares.IsActive), next >= 0);
                for (var node = next; node > QueueTree.Root; node = tree.ParentOf(node))
                {
                    Assert.InRange(shares.ShareOf(node), definition.ShareOf(node) - 1e-5, definition.ShareOf(node) + 1e-5);
                    Assert.True(definition.ShareOf(node) <= definition.PoorestSibling(node) + 1e-5);
                }
            }
        }, iter: 500);

    [Fact]
    public void Depends_on_what_is_held_and_not_on_the_way_there() =>
        Gen.Select(Trees.Any, Gen.Select(Gen.Int[0, 6], Gen.Long[0, 5].Array[3]).Array[1, 30], Gen.Int[0, 1000]).Sample((settings, steps, seed) =>
        {
            var tree = new QueueTree(settings);
            var (there, back) = (new ShareTree(tree, 3), new ShareTree(tree, 3));
            var queues = tree.Queues.ToList();
            foreach (var shares in new[] { there, back }) shares.SetTotals([50, 40, 10]);
            foreach (var queue in queues) there.SetActive(queue, true);
            foreach (var (at, amounts) in steps) there.Charge(queues[at % queues.Count], amounts);
            foreach (var (at, amounts) in steps.OrderBy(s => (s.Item1 * 7919) ^ seed)) back.Charge(queues[at % queues.Count], amounts);
            back.Charge(queues[0], [9, 9, 9]);
            back.Release(queues[0], [9, 9, 9]);
            foreach (var queue in queues) back.SetActive(queue, true);
            for (var i = 0; i < 20; i++)
            {
                Assert.Equal(there.Next, back.Next);
                there.Charge(there.Next, [1, 2, 0]);
                back.Charge(back.Next, [1, 2, 0]);
            }
        });

    [Fact]
    public void Answers_and_charges_without_allocating()
    {
        var tree = Trees.Tree([.. Enumerable.Range(0, 100).Select(i => Trees.Queue($"q{i:D3}"))]);
        var shares = new ShareTree(tree, 3);
        shares.SetTotals([1000, 1000, 1000]);
        foreach (var queue in tree.Queues) shares.SetActive(queue, true);
        long[] amounts = [1, 2, 3];
        shares.Charge(shares.Next, amounts);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++) shares.Charge(shares.Next, amounts);

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    /// <summary>Starts tasks in the order of the tree until nothing fits: how many of each queue.</summary>
    private static Dictionary<string, int> Fill(long[] totals, QueueSettings[] queues, params (string Queue, long[] Asks)[] wants)
    {
        var tree = Trees.Tree(queues);
        var shares = new ShareTree(tree, 2);
        shares.SetTotals(totals);
        var (left, started) = (totals.ToArray(), wants.ToDictionary(w => w.Queue, _ => 0));
        foreach (var (queue, _) in wants) shares.SetActive(tree.Find(queue), true);
        while (shares.Next is var next && next >= 0)
        {
            var asked = wants.Single(w => w.Queue == tree.NameOf(next)).Asks;
            if (asked[0] > left[0] || asked[1] > left[1])
            {
                shares.SetActive(next, false);
                continue;
            }

            shares.Charge(next, asked);
            started[tree.NameOf(next)]++;
            (left[0], left[1]) = (left[0] - asked[0], left[1] - asked[1]);
        }

        return started;
    }

    /// <summary>The shares by the recursion of the paper, computed anew.</summary>
    private sealed class Definition(QueueTree tree, ShareTree active, Dictionary<int, long[]> held, long[] totals)
    {
        public double ShareOf(int node) => Vector(node).Max() / tree.WeightOf(node);

        public double PoorestSibling(int node)
        {
            var parent = tree.ParentOf(node);
            return Children(parent).Where(active.IsActive).Min(ShareOf);
        }

        private IEnumerable<int> Children(int node) => Enumerable.Range(tree.FirstChildOf(node), tree.ChildrenOf(node));

        private double[] Vector(int node)
        {
            if (tree.IsQueue(node)) return [.. totals.Select((t, k) => (held.TryGetValue(node, out var h) ? h[k] : 0) / (double)t)];
            var children = Children(node).Select(c => (Share: ShareOf(c), Parts: Vector(c), Active: active.IsActive(c))).ToList();
            double? poorest = children.Any(c => c.Active) ? children.Where(c => c.Active).Min(c => c.Share) : null;
            return [.. totals.Select((_, k) => children.Sum(c => c.Share == 0 ? 0 : c.Parts[k] * (poorest is { } p ? p / c.Share : 1)))];
        }
    }
}
