using CsCheck;
using Lepton.Scheduling.Queueing.Reserving;

namespace Lepton.Scheduling.Tests.Queueing.Reserving;

public sealed class ReservationBookTests
{
    private static readonly Gen<Toy.Work> Work = Gen.Select(Gen.Int[1, 4], Gen.Int[1, 8], Gen.Int[0, 100], Gen.Int[0, 12], (size, limit, part, at) =>
        new Toy.Work(size, limit, Math.Max(1, limit * part / 100), at));

    [Fact]
    public void Reserves_where_the_room_comes_first()
    {
        var toy = new Toy(4, 4);
        toy.Start(0, 4, until: 10);
        toy.Start(1, 3, until: 7);
        var book = new ReservationBook<int>(1);

        var room = book.Reserve(1, [3], 5, 0, toy, _ => true);

        Assert.Equal((1, 7L), (room!.Node, room.Start));
        Assert.True(book.Admits(1, [1], 0, 100, toy));              // beside it
        Assert.False(book.Admits(1, [2], 0, 100, toy));
        Assert.False(book.Admits(1, [1], 0, 100, toy.With(1, 1, until: 20)));
        Assert.True(book.Admits(0, [4], 0, 100, toy));              // another node
        Assert.True(book.Admits(1, [3], 7, 12, toy, self: 1));
    }

    [Fact]
    public void Lets_in_front_of_a_reservation_only_what_ends_before_it()
    {
        var toy = new Toy(4);
        toy.Start(0, 2, until: 10);
        var book = new ReservationBook<int>(1);
        book.Reserve(1, [4], CapacityProfile.Never, 0, toy, _ => true);

        Assert.True(book.Admits(0, [2], 0, 10, toy));
        Assert.False(book.Admits(0, [2], 0, 11, toy));
        Assert.False(book.Admits(0, [2], 0, CapacityProfile.Never, toy));
    }

    [Fact]
    public void Holds_freed_room_for_whom_it_was_freed()
    {
        var toy = new Toy(4);
        toy.Start(0, 4, until: 50);
        var book = new ReservationBook<int>(1);
        book.Hold(1, [new Piece(0, 1)], [3], CapacityProfile.Never, 0);
        toy.EndAll();

        Assert.False(book.Admits(0, [2], 1, 2, toy));
        Assert.True(book.Admits(0, [1], 1, 2, toy));
        Assert.True(book.Admits(0, [3], 1, 2, toy, self: 1));
        Assert.False(book.Improve(1, 1, toy, _ => true));
        Assert.True(book.Release(1));
        Assert.True(book.Admits(0, [4], 1, 2, toy));
    }

    [Fact]
    public void Delays_no_reservation_by_what_backfills() => Gen.Select(Gen.Int[2, 5].Array[1, 3], Work.Array[1, 25]).Sample((nodes, work) =>
        Assert.Null(new Toy(nodes).Play(work, static (book, node, w, now, toy) => book.Admits(node, [w.Size], now, now + w.Limit, toy, w.Id))));

    [Fact]
    public void Catches_a_planted_backfill_that_looks_at_the_present_only()
    {
        Toy.Work[] work = [new(2, 4, 4, 0), new(4, 5, 5, 0), new(2, 8, 8, 0)];

        Assert.Null(new Toy(4).Play(work, static (book, node, w, now, toy) => book.Admits(node, [w.Size], now, now + w.Limit, toy, w.Id)));
        Assert.NotNull(new Toy(4).Play(work, static (_, _, _, _, _) => true));
    }

    [Theory]
    [InlineData("forgets when it ends")]
    [InlineData("forgets how much it takes")]
    [InlineData("asks about another node")]
    [InlineData("asks about a later time")]
    public void Catches_a_planted_backfill_that(string mistake) => Planted.IsCaught(() => Gen.Select(Gen.Int[2, 5].Array[1, 3], Work.Array[1, 25]).Sample(
        (nodes, work) => Assert.Null(new Toy(nodes).Play(work, (book, node, w, now, toy) => mistake switch
        {
            "forgets when it ends" => book.Admits(node, [w.Size], now, now + 1, toy, w.Id),
            "forgets how much it takes" => book.Admits(node, [1], now, now + w.Limit, toy, w.Id),
            "asks about another node" => book.Admits((node + 1) % toy.Nodes, [w.Size], now, now + w.Limit, toy, w.Id),
            _ => book.Admits(node, [w.Size], now + w.Limit, now + (2 * w.Limit), toy, w.Id),
        })),
        iter: 20_000));

    [Fact]
    public void Starts_no_later_than_reserved_and_everything_that_fits_a_node() => Gen.Select(Gen.Int[2, 5].Array[1, 3], Work.Array[1, 25]).Sample((nodes, work) =>
    {
        var toy = new Toy(nodes);
        Assert.Null(toy.Play(work, static (book, node, w, now, t) => book.Admits(node, [w.Size], now, now + w.Limit, t, w.Id)));
        Assert.Equal(work.Count(w => w.Size <= nodes.Max()), toy.Started);
    });

    [Fact]
    public void Reserves_the_first_time_at_which_all_pieces_are_free_together()
    {
        var toy = new Toy(4, 4, 2);
        toy.Start(0, 4, until: 10);
        toy.Start(1, 4, until: 7);
        toy.Start(2, 2, until: 20);
        var book = new ReservationBook<int>(1);

        var room = book.Reserve(1, [2], 5, 0, toy, _ => true, pieces: 4)!;

        Assert.Equal(10, room.Start);
        Assert.Equal([new Piece(0, 2), new Piece(1, 2)], room.Pieces);
        Assert.True(book.Admits(1, [4], 7, 10, toy));
        Assert.False(book.Admits(1, [4], 7, 11, toy));              // node 1 waits for node 0
        Assert.True(book.Admits(1, [2], 10, 15, toy, self: 1));
        Assert.Equal(20, book.Reserve(1, [2], 5, 0, toy, _ => true, pieces: 5)!.Start);
        Assert.Null(book.Reserve(1, [2], 5, 0, toy, _ => true, pieces: 6));
    }

    /// <summary>Brute force: every moment, every node.</summary>
    [Fact]
    public void Agrees_with_trying_every_moment_for_all_pieces() => Gen.Select(Gen.Int[1, 4].Array[1, 3], Gen.Select(Gen.Int[0, 2], Gen.Int[1, 4], Gen.Int[1, 9]).Array[0, 6], Gen.Int[1, 2], Gen.Int[2, 4], Gen.Int[1, 5])
        .Sample((sizes, running, each, pieces, duration) =>
    {
        var toy = new Toy(sizes);
        var runs = new List<(int Node, int Size, int Until)>();
        foreach (var (node, size, until) in running)
        {
            if (node >= sizes.Length || runs.Where(r => r.Node == node).Sum(r => r.Size) + size > sizes[node]) continue;
            runs.Add((node, size, until));
            toy.Start(node, size, until);
        }

        var book = new ReservationBook<int>(1);
        book.Reserve(9, [1], 3, 0, toy, _ => true);
        book.TryGet(9, out var other);
        long? expected = null;
        for (var start = 0L; start <= 20 && expected is null; start++)
        {
            var fit = Enumerable.Range(0, sizes.Length).Sum(n => (int)Enumerable.Range(0, duration).Min(t => FreeAt(n, start + t) / each));
            if (fit >= pieces) expected = start;
        }

        Assert.Equal(expected, book.Reserve(1, [each], duration, 0, toy, _ => true, pieces)?.Start);

        long FreeAt(int node, long time) => sizes[node] - runs.Where(r => r.Node == node && time < r.Until).Sum(r => r.Size)
            - (other is not null && other.Node == node && other.Start <= time && time < other.End ? 1 : 0);
    });

    /// <summary>Brute force: every moment, every rack with its limit and those who will have left it.</summary>
    [Fact]
    public void Agrees_with_trying_every_moment_where_domains_count() => Gen.Select(
        Gen.Int[1, 4].Array[2, 4], Gen.Select(Gen.Int[0, 3], Gen.Int[1, 4], Gen.Int[1, 9], Gen.Bool).Array[0, 6], Gen.Int[1, 2], Gen.Int[1, 4], Gen.Int[1, 2]).Sample((sizes, running, racks, pieces, most) =>
    {
        var toy = new Toy(sizes);
        var runs = new List<(int Node, int Size, int Until, bool IsCounted)>();
        foreach (var (node, size, until, counted) in running)
        {
            if (node >= sizes.Length || runs.Where(r => r.Node == node).Sum(r => r.Size) + size > sizes[node]) continue;
            runs.Add((node, size, until, counted));
            toy.Start(node, size, until);
        }

        var there = Enumerable.Range(0, racks).Select(rack => runs.Count(r => r.IsCounted && r.Node % racks == rack)).ToArray();
        var limits = new DomainLimits([new DomainRule([.. sizes.Select((_, n) => n % racks)], [.. there], there.Sum()) { Most = most, CountsPieces = true }]);
        foreach (var run in runs.Where(r => r.IsCounted)) limits.Leaves(run.Node, 1, 1, run.Until);
        long? expected = null;
        for (var start = 0L; start <= 10 && expected is null; start++)
        {
            var fit = Enumerable.Range(0, racks).Sum(rack => Math.Clamp(
                most - runs.Count(r => r.IsCounted && r.Node % racks == rack && start < r.Until),
                0,
                Enumerable.Range(0, sizes.Length).Where(n => n % racks == rack).Sum(n => sizes[n] - runs.Where(r => r.Node == n && start < r.Until).Sum(r => r.Size))));
            if (fit >= pieces) expected = start;
        }

        var book = new ReservationBook<int>(1);
        var found = book.Reserve(1, [1], 5, 0, toy, _ => true, pieces, limits);

        Assert.Equal(expected, found?.Start);
        if (found is null) return;
        Assert.Equal(pieces, found.Count);
        Assert.False(book.Improve(1, 0, toy, _ => true, limits));
    }, iter: 2000);

    /// <summary>Nodes with one kind of resource on a clock of whole ticks.</summary>
    internal sealed class Toy(params int[] sizes) : INodeTimes
    {
        private readonly List<(int Node, int Size, long Until, long Really)> _running = [];

        public int Nodes => sizes.Length;

        public int Started { get; private set; }

        /// <summary>Asks for a size, is limited to so many ticks, really runs fewer, and comes at a time.</summary>
        public sealed record Work(int Size, int Limit, int Really, int At)
        {
            public int Id { get; set; }
        }

        public bool Fill(int node, long now, CapacityProfile profile)
        {
            profile.Reset(now, [sizes[node] - _running.Where(r => r.Node == node).Sum(r => r.Size)]);
            foreach (var run in _running.Where(r => r.Node == node)) profile.Free(Math.Max(now, run.Until), [run.Size]);
            return true;
        }

        public void Start(int node, int size, long until, long? really = null) => _running.Add((node, size, until, really ?? until));

        public Toy With(int node, int size, long until)
        {
            var toy = new Toy(sizes);
            toy._running.AddRange(_running);
            toy.Start(node, size, until);
            return toy;
        }

        public void EndAll() => _running.Clear();

        /// <summary>First come first served with reservations for all that wait; the first reservation that was not kept.</summary>
        public string? Play(Work[] work, Func<ReservationBook<int>, int, Work, long, Toy, bool> admits)
        {
            var book = new ReservationBook<int>(1);
            var promised = new Dictionary<int, long>();
            var waiting = work.OrderBy(w => w.At).Select((w, i) => w with { Id = i + 1 }).ToList();
            for (var now = 0L; now < 400 && waiting.Count > 0; now++)
            {
                _running.RemoveAll(r => r.Really <= now);
                foreach (var holder in book.All.Select(r => r.Key).ToList()) book.Improve(holder, now, this, _ => true);
                foreach (var w in waiting.Where(w => w.At <= now).ToList())
                {
                    var node = Enumerable.Range(0, Nodes).FirstOrDefault(n => FreeOn(n) >= w.Size && admits(book, n, w, now, this), -1);
                    if (node >= 0)
                    {
                        if (promised.TryGetValue(w.Id, out var latest) && now > latest) return $"{w.Id} started at {now}, promised {latest}";
                        Start(node, w.Size, now + w.Limit, now + w.Really);
                        book.Release(w.Id);
                        waiting.Remove(w);
                        Started++;
                    }
                    else if (!book.TryGet(w.Id, out _) && book.Reserve(w.Id, [w.Size], w.Limit, now, this, _ => true) is { } room)
                    {
                        promised[w.Id] = room.Start;
                    }
                }

                foreach (var (holder, room) in book.All)
                {
                    if (room.Start > promised[holder] || now > promised[holder]) return $"{holder} was promised {promised[holder]}, has {room.Start} at {now}";
                }
            }

            return null;
        }

        private int FreeOn(int node) => sizes[node] - _running.Where(r => r.Node == node).Sum(r => r.Size);
    }
}
