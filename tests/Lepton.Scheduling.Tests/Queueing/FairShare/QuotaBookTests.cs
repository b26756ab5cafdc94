using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Queueing.FairShare;

namespace Lepton.Scheduling.Tests.Queueing.FairShare;

public sealed class QuotaBookTests
{
    private static readonly Gen<(int Queue, long[] Amounts, bool Release)[]> Steps =
        Gen.Select(Gen.Int[0, 6], Gen.Long[0, 5].Array[3], Gen.Bool).Array[1, 40];

    [Fact]
    public void Gives_a_queue_its_own_and_what_others_lend_and_no_more()
    {
        var (tree, book) = Book(Trees.Queue("team"), Trees.Queue("a", "team", 1, Trees.Cpu(10, borrow: 4)), Trees.Queue("b", "team", 1, Trees.Cpu(6, lend: 2)));
        var (a, b) = (tree.Find("a"), tree.Find("b"));

        Assert.Equal(12, book.Available(a, ResourceKinds.Cpu));         // 10 + the 2 that b lends
        Assert.Equal(16, book.Available(b, ResourceKinds.Cpu));         // 6 + all of a's
        book.Charge(a, [11]);
        Assert.Equal(1, book.BorrowedBy(a, ResourceKinds.Cpu));
        Assert.Equal(1, book.Available(a, ResourceKinds.Cpu));
        Assert.Equal(5, book.Available(b, ResourceKinds.Cpu));
        book.Release(a, [11]);
        book.Charge(b, [15]);
        Assert.Equal(1, book.Available(a, ResourceKinds.Cpu));          // the rest of its own is lent out until it is reclaimed
        Assert.Equal(9, book.BorrowedBy(b, ResourceKinds.Cpu));
    }

    [Fact]
    public void Holds_a_borrower_to_its_limit_on_every_level()
    {
        var (tree, book) = Book(
            Trees.Queue("all"),
            Trees.Queue("lab", "all", 1, Trees.Cpu(0, borrow: 3)),
            Trees.Queue("a", "lab", 1, Trees.Cpu(2)),
            Trees.Queue("rich", "all", 1, Trees.Cpu(100)));

        Assert.Equal(5, book.Available(tree.Find("a"), ResourceKinds.Cpu));
        Assert.Equal(5, book.Ceiling(tree.Find("a"), ResourceKinds.Cpu));
        Assert.Equal(0, book.NeverFits(tree.Find("a"), [6]));
        Assert.Equal(-1, book.NeverFits(tree.Find("a"), [5]));
    }

    [Fact]
    public void Leaves_kinds_without_any_quota_alone()
    {
        var (tree, book) = Book(Trees.Queue("a", null, 1, Trees.Cpu(2)), Trees.Queue("free"));

        Assert.Equal(-1, book.Shortage(tree.Find("a"), [2, 1_000_000]));
        Assert.Equal(0, book.Shortage(tree.Find("a"), [3]));
        Assert.Equal(-1, book.Shortage(tree.Find("free"), [1_000_000]));
        Assert.Equal(QuotaBook.Unlimited, book.Available(tree.Find("free"), ResourceKinds.Cpu));
    }

    [Fact]
    public void Lets_a_queue_without_a_quota_of_a_kind_only_borrow_it()
    {
        var (tree, book) = Book(Trees.Queue("team"), Trees.Queue("a", "team", 1, Trees.Cpu(4)), Trees.Queue("guest", "team"));

        Assert.Equal(4, book.Available(tree.Find("guest"), ResourceKinds.Cpu));
        book.Charge(tree.Find("a"), [4]);
        Assert.Equal(0, book.Available(tree.Find("guest"), ResourceKinds.Cpu));
    }

    [Fact]
    public void Never_exceeds_any_quota() => Gen.Select(Trees.Any, Steps).Sample((settings, steps) =>
        Assert.Null(FirstBreach([.. settings], steps, static (book, queue, asked) => book.Shortage(queue, asked) < 0)));

    [Fact]
    public void Catches_a_planted_quota_that_forgets_the_cohort()
    {
        QueueSettings[] settings = [Trees.Queue("q0"), Trees.Queue("q1", "q0", 1, Trees.Cpu(2, borrow: 2)), Trees.Queue("q2", "q0", 1, Trees.Cpu(2, borrow: 2))];
        (int, long[], bool)[] steps = [(1, [4, 0, 0], false), (2, [4, 0, 0], false)];

        Assert.NotNull(FirstBreach(settings, steps, static (book, queue, asked) =>
            asked[0] + book.HeldBy(queue, 0) <= book.Ceiling(queue, 0)));       // what it could hold if nobody else did
    }

    [Theory]
    [InlineData(nameof(QuotaSettings.Nominal))]
    [InlineData(nameof(QuotaSettings.BorrowLimit))]
    [InlineData(nameof(QuotaSettings.LendLimit))]
    public void Catches_a_planted_quota_that_mistakes(string limit) => Planted.IsCaught(() => Gen.Select(Trees.Any, Steps).Sample(
        (settings, steps) => Assert.Null(FirstBreach(
            [.. settings],
            steps,
            static (book, queue, asked) => book.Shortage(queue, asked) < 0,
            [.. settings.Select(s => s with { Quotas = [.. s.Quotas.Select(q => Mistaken(q, limit))] })])),
        iter: 20_000));

    [Fact]
    public void Catches_a_planted_quota_that_looks_at_one_kind_only() => Planted.IsCaught(() => Gen.Select(Trees.Any, Steps).Sample(
        (settings, steps) => Assert.Null(FirstBreach([.. settings], steps, static (book, queue, asked) => book.Shortage(queue, asked.AsSpan(0, 1)) < 0)), iter: 20_000));

    [Fact]
    public void Agrees_with_the_definition_about_what_is_available() => Gen.Select(Trees.Any, Steps).Sample((settings, steps) =>
    {
        var (tree, book) = Book([.. settings]);
        var definition = new Definition(tree, book.Kinds);
        foreach (var (at, amounts, _) in steps)
        {
            var queue = QueueAt(tree, at);
            for (var kind = 0; kind < book.Kinds; kind++)
            {
                if (!book.IsMetered(queue, kind)) continue;
                var most = 0L;
                while (most < 200 && definition.Allows(queue, kind, most + 1)) most++;
                Assert.Equal(most, Math.Max(0, book.Available(queue, kind)));
            }

            if (book.Shortage(queue, amounts) >= 0) continue;
            book.Charge(queue, amounts);
            definition.Charge(queue, amounts);
        }
    }, iter: 300);

    [Fact]
    public void Forgets_what_is_released_whatever_the_order() => Gen.Select(Trees.Any, Steps).Sample((settings, steps) =>
    {
        var (tree, book) = Book([.. settings]);
        foreach (var (at, amounts, _) in steps) book.Charge(QueueAt(tree, at), amounts);
        foreach (var (at, amounts, _) in steps.OrderBy(s => s.Amounts[0])) book.Release(QueueAt(tree, at), amounts);
        var (_, fresh) = Book([.. settings]);
        foreach (var queue in tree.Queues)
        {
            for (var kind = 0; kind < book.Kinds; kind++) Assert.Equal(fresh.Available(queue, kind), book.Available(queue, kind));
        }
    });

    [Fact]
    public void Charges_and_asks_without_allocating()
    {
        var (tree, book) = Book(Trees.Queue("team"), Trees.Queue("a", "team", 1, Trees.Cpu(10)), Trees.Queue("b", "team", 1, Trees.Cpu(6)));
        var (a, amounts) = (tree.Find("a"), new long[] { 1, 1 });
        book.Charge(a, amounts);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            if (book.Shortage(a, amounts) < 0) book.Charge(a, amounts);
            book.Release(a, amounts);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    private static (QueueTree Tree, QuotaBook Book) Book(params QueueSettings[] settings)
    {
        var tree = Trees.Tree(settings);
        return (tree, new QuotaBook(tree, new ResourceKinds()));
    }

    private static int QueueAt(QueueTree tree, int number)
    {
        var queues = tree.Queues.ToList();
        return queues[number % queues.Count];
    }

    private static QuotaSettings Mistaken(QuotaSettings quota, string limit) => limit switch
    {
        nameof(QuotaSettings.Nominal) => quota with { Nominal = quota.Nominal + 1 },
        nameof(QuotaSettings.BorrowLimit) => quota with { BorrowLimit = null },
        _ => quota with { LendLimit = null },
    };

    /// <summary>Plays admissions by a rule, on a book of what it believes, and returns the first state that the definition forbids.</summary>
    private static string? FirstBreach(
        QueueSettings[] settings, (int Queue, long[] Amounts, bool Release)[] steps, Func<QuotaBook, int, long[], bool> admits, QueueSettings[]? believed = null)
    {
        var (tree, book) = Book(believed ?? settings);
        tree = Trees.Tree(settings);
        var definition = new Definition(tree, book.Kinds);
        var held = new List<(int Queue, long[] Amounts)>();
        foreach (var (at, amounts, release) in steps)
        {
            if (release && held.Count > 0)
            {
                var last = held[^1];
                held.RemoveAt(held.Count - 1);
                book.Release(last.Queue, last.Amounts);
                definition.Charge(last.Queue, [.. last.Amounts.Select(a => -a)]);
            }

            var queue = QueueAt(tree, at);
            if (!admits(book, queue, amounts)) continue;
            book.Charge(queue, amounts);
            definition.Charge(queue, amounts);
            held.Add((queue, amounts));
            if (definition.Breach() is { } breach) return breach;
        }

        return null;
    }

    /// <summary>What quotas mean, computed anew each time from what queues hold.</summary>
    private sealed class Definition(QueueTree tree, int kinds)
    {
        private readonly Dictionary<(int Queue, int Kind), long> _held = [];
        private readonly ResourceKinds _names = new();

        public void Charge(int queue, long[] amounts)
        {
            for (var kind = 0; kind < Math.Min(kinds, amounts.Length); kind++) _held[(queue, kind)] = _held.GetValueOrDefault((queue, kind)) + amounts[kind];
        }

        public bool Allows(int queue, int kind, long more)
        {
            _held[(queue, kind)] = _held.GetValueOrDefault((queue, kind)) + more;
            var allowed = Breach(kind, tree.TopOf(queue)) is null;
            _held[(queue, kind)] -= more;
            return allowed;
        }

        public string? Breach() => Enumerable.Range(0, kinds)
            .SelectMany(k => Enumerable.Range(tree.FirstChildOf(QueueTree.Root), tree.ChildrenOf(QueueTree.Root)).Select(top => Breach(k, top)))
            .FirstOrDefault(b => b is not null);

        private string? Breach(int kind, int top)
        {
            if (!Nodes(top).Any(n => Quota(n, kind) is not null)) return null;
            foreach (var node in Nodes(top).Where(n => n != top))
            {
                var lent = Subtree(node, kind) - Kept(node, kind);
                if (Quota(node, kind)?.BorrowLimit is { } limit && Beyond(node, kind) > lent + limit) return $"{tree.NameOf(node)} borrows more {kind} than {limit}";
            }

            return Taken(top, kind) > Subtree(top, kind) ? $"{tree.NameOf(top)} holds {Taken(top, kind)} of {Subtree(top, kind)}" : null;
        }

        private IEnumerable<int> Nodes(int node) => Children(node).SelectMany(Nodes).Prepend(node);

        private IEnumerable<int> Children(int node) => Enumerable.Range(tree.FirstChildOf(node), tree.ChildrenOf(node));

        private QuotaSettings? Quota(int node, int kind) => tree.SettingsOf(node).Quotas.FirstOrDefault(q => Number(q.Kind) == kind);

        private int Number(string kind) => kind == "H100" ? 2 : _names.NumberOf(kind);

        private long Subtree(int node, int kind) => (Quota(node, kind)?.Nominal ?? 0) + Children(node).Sum(c => Subtree(c, kind) - Kept(c, kind));

        private long Kept(int node, int kind) => Quota(node, kind)?.LendLimit is { } lend ? Math.Max(0, Subtree(node, kind) - lend) : 0;

        private long Taken(int node, int kind) => tree.IsQueue(node) ? _held.GetValueOrDefault((node, kind)) : Children(node).Sum(c => Beyond(c, kind));

        private long Beyond(int node, int kind) => Math.Max(0, Taken(node, kind) - Kept(node, kind));
    }
}
