using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Lepton.Scheduling.Queueing.Reserving;

/// <summary>What runs on a node, as a reservation sees it: what is free now, and when more will be.</summary>
internal interface INodeTimes
{
    int Nodes { get; }

    /// <summary>Writes what is free on a node now and will be, without any reservation, into the profile. False: the node takes nothing.</summary>
    bool Fill(int node, long now, CapacityProfile profile);
}

/// <summary>Room held for those who cannot start yet, in the order in which it was given; whoever comes later may use what is left.</summary>
/// <remarks>
/// Conservative backfill: a reservation is made only where it delays none that is there, and <see cref="Admits"/> lets nobody start who would
/// delay one. <see cref="Improve"/> moves a reservation to an earlier time only with all others in place, so that none moves back while what
/// runs ends no later than it was said to. Several pieces are reserved for the first of at most <see cref="MostTimes"/> moments at which all are free
/// together, and where failure domains count for the first at which they allow it. Cost: O(nodes × steps) to make or improve one, for several pieces or
/// with failure domains × those moments; O(steps) to ask about a node that has some, O(1) about one that has none.
/// </remarks>
internal sealed class ReservationBook<THolder>(int kinds)
    where THolder : notnull
{
    private readonly OrderedDictionary<THolder, Reservation> _all = [];
    private readonly Dictionary<int, List<THolder>> _byNode = [];
    private readonly HashSet<THolder> _confirmed = [];
    private readonly CapacityProfile _profile = new(kinds);
    private readonly SortedSet<long> _moments = [];
    private readonly List<(int Node, int Room)> _room = [];
    private readonly List<Piece> _placed = [];
    private int[] _counts = [];

    /// <summary>Moments at which several pieces are looked for together: the first at which anything changes on any node.</summary>
    private const int MostTimes = 256;

    public int Count => _all.Count;

    /// <summary>
    /// A new pass begins: reservations count against newcomers again only once their holder's turn has come, so that whoever is ahead in the order
    /// goes first. What is held, and whoever has a reservation, is respected by all.
    /// </summary>
    public void BeginPass() => _confirmed.Clear();

    /// <summary>The last one whose holder's turn has not come in this pass.</summary>
    public bool TryLast([MaybeNullWhen(false)] out THolder holder)
    {
        for (var i = _all.Count - 1; i >= 0; i--)
        {
            var (key, room) = _all.GetAt(i);
            if (room.IsHeld || _confirmed.Contains(key)) continue;
            holder = key;
            return true;
        }

        holder = default;
        return false;
    }

    public void Clear()
    {
        _all.Clear();
        _byNode.Clear();
        _confirmed.Clear();
    }

    /// <summary>When somebody could start without delaying any reservation; null when nobody knows.</summary>
    public long? When(long[] amounts, long duration, long now, INodeTimes times, Func<int, bool> mayUse, int pieces = 1, DomainLimits? limits = null) =>
        Earliest(amounts, pieces, duration, now, times, mayUse, limits, all: true)?.Start;

    /// <summary>In the order in which they were given.</summary>
    public IEnumerable<KeyValuePair<THolder, Reservation>> All => _all;

    public bool TryGet(THolder holder, [NotNullWhen(true)] out Reservation? reservation) => _all.TryGetValue(holder, out reservation);

    public bool IsOn(int node) => _byNode.ContainsKey(node);

    /// <summary>Who holds room on a node.</summary>
    public IReadOnlyList<THolder> HoldersOn(int node) => _byNode.TryGetValue(node, out var holders) ? holders : [];

    /// <summary>
    /// Gives the nodes where it can start first, ties by number, and the room there from that time on. Null when no nodes that
    /// <paramref name="mayUse"/> accepts will ever have the room, by what is known.
    /// </summary>
    public Reservation? Reserve(
        THolder holder, long[] amounts, long duration, long now, INodeTimes times, Func<int, bool> mayUse, int pieces = 1, DomainLimits? limits = null)
    {
        Release(holder);
        var found = Earliest(amounts, pieces, duration, now, times, mayUse, limits, all: false);
        _confirmed.Add(holder);
        if (found is { } at) Put(holder, new Reservation(at.Pieces, at.Start, duration, amounts, false));
        return found is null ? null : _all[holder];
    }

    /// <summary>Holds room on nodes for somebody from now on, whatever runs there still.</summary>
    public void Hold(THolder holder, ImmutableArray<Piece> pieces, long[] amounts, long duration, long now)
    {
        Release(holder);
        _confirmed.Add(holder);
        Put(holder, new Reservation(pieces, now, duration, amounts, true));
    }

    /// <summary>
    /// Tries an earlier time for a reservation. True when it has one now. What should have started by now and cannot, because something runs longer
    /// than it was said to, is given the first time there is.
    /// </summary>
    public bool Improve(THolder holder, long now, INodeTimes times, Func<int, bool> mayUse, DomainLimits? limits = null)
    {
        if (!_all.TryGetValue(holder, out var old) || old.IsHeld) return false;
        var at = _all.IndexOf(holder);
        Remove(holder, old);
        var found = Earliest(old.Amounts, old.Count, old.Duration, now, times, mayUse, limits, all: true);
        var isBetter = found is { } f && (f.Start < old.Start || old.Start < now || !StillHolds(old, now, times, mayUse, limits));
        var next = isBetter ? old with { Pieces = found!.Value.Pieces, Start = found.Value.Start } : old;
        _all.Insert(at, holder, next);
        Bind(holder, next);
        _confirmed.Add(holder);
        return isBetter;
    }

    /// <summary>Those whose holder's turn has not come in this pass.</summary>
    public IEnumerable<THolder> Unconfirmed => _all.Where(r => !r.Value.IsHeld && !_confirmed.Contains(r.Key)).Select(r => r.Key);

    /// <summary>Its holder's turn has come and it stays as it is.</summary>
    public void Keep(THolder holder) => _confirmed.Add(holder);

    /// <summary>Counts for a newcomer: it is held, or its holder's turn has come.</summary>
    public bool Counts(THolder holder) => _all.TryGetValue(holder, out var room) && (room.IsHeld || _confirmed.Contains(holder));

    /// <summary>Of two who have room: the first was given its own before the second.</summary>
    public bool IsAhead(THolder first, THolder second) => _all.IndexOf(first) < _all.IndexOf(second);

    public bool Release(THolder holder)
    {
        if (!_all.TryGetValue(holder, out var known)) return false;
        Remove(holder, known);
        return true;
    }

    /// <summary>Whether somebody who starts now on a node and ends by a time delays no reservation there. Room of its own does not stand in its way.</summary>
    /// <param name="self">Who asks, if it holds room itself.</param>
    /// <param name="respectAll">False: reservations whose holder's turn has not come in this pass do not count.</param>
    public bool Admits(int node, ReadOnlySpan<long> asked, long now, long end, INodeTimes times, THolder? self = default, bool respectAll = true)
    {
        if (!_byNode.TryGetValue(node, out var holders)) return true;
        if (!times.Fill(node, now, _profile)) return false;
        var own = self is not null && _all.TryGetValue(self, out var mine) && mine.CountOn(node) > 0 ? mine : null;
        foreach (var holder in holders)
        {
            if (self is not null && holder.Equals(self)) continue;
            var other = _all[holder];
            if (own is not null && !other.IsHeld && other.Start < now && IsBefore(self!, own, holder, other)) continue;      // of two that are late the first goes first
            if (!respectAll && !other.IsHeld && !_confirmed.Contains(holder)) continue;
            _profile.Take(Math.Max(now, other.Start), Late(other, now), other.Amounts, other.CountOn(node));
        }

        return _profile.Fits(asked, now, end);
    }

    private bool IsBefore(THolder a, Reservation first, THolder b, Reservation second) =>
        first.Start != second.Start ? first.Start < second.Start : _all.IndexOf(a) < _all.IndexOf(b);

    private (ImmutableArray<Piece> Pieces, long Start)? Earliest(long[] amounts, int pieces, long duration, long now, INodeTimes times, Func<int, bool> mayUse, DomainLimits? limits, bool all)
    {
        if (pieces > 1 || limits is not null) return Together(amounts, pieces, duration, now, times, mayUse, limits, all);
        (int Node, long Start)? best = null;
        for (var node = 0; node < times.Nodes && best?.Start != now; node++)
        {
            if (!mayUse(node) || !TryFill(node, now, times, all)) continue;
            var start = _profile.Earliest(amounts, duration, now);
            if (start != CapacityProfile.Never && (best is null || start < best.Value.Start)) best = (node, start);
        }

        return best is { } found ? ([new Piece(found.Node, 1)], found.Start) : null;
    }

    /// <summary>The first moment from which all pieces are free for so long, on as few nodes as their order gives.</summary>
    private (ImmutableArray<Piece> Pieces, long Start)? Together(
        long[] amounts, int pieces, long duration, long now, INodeTimes times, Func<int, bool> mayUse, DomainLimits? limits, bool all)
    {
        _moments.Clear();
        _moments.Add(now);
        for (var node = 0; node < times.Nodes; node++)
        {
            if (!mayUse(node) || !TryFill(node, now, times, all)) continue;
            for (var step = 0; step < _profile.Steps; step++)
            {
                if (_profile.At(step) > now) _moments.Add(_profile.At(step));
            }

            while (_moments.Count > MostTimes) _moments.Remove(_moments.Max);
        }

        if (_counts.Length < _moments.Count) _counts = new int[MostTimes];
        Array.Clear(_counts);
        for (var node = 0; node < times.Nodes; node++)
        {
            if (!mayUse(node) || !TryFill(node, now, times, all)) continue;
            var at = 0;
            foreach (var moment in _moments) _counts[at++] += _profile.Pieces(amounts, moment, Ends(moment, duration), pieces);
        }

        var index = 0;
        foreach (var moment in _moments)
        {
            if (_counts[index++] < pieces) continue;
            if (limits is not null)
            {
                if (Apart(moment) is { } apart) return (apart, moment);
                continue;
            }

            var found = ImmutableArray.CreateBuilder<Piece>();
            for (var (node, left) = (0, pieces); left > 0; node++)
            {
                if (!mayUse(node) || !TryFill(node, now, times, all) || _profile.Pieces(amounts, moment, Ends(moment, duration), left) is not (> 0 and var here)) continue;
                found.Add(new Piece(node, here));
                left -= here;
            }

            return (found.ToImmutable(), moment);
        }

        return null;

        ImmutableArray<Piece>? Apart(long moment)
        {
            _room.Clear();
            for (var node = 0; node < times.Nodes; node++)
            {
                if (mayUse(node) && TryFill(node, now, times, all) && _profile.Pieces(amounts, moment, Ends(moment, duration), pieces) is > 0 and var here) _room.Add((node, here));
            }

            _placed.Clear();
            limits.At(moment);
            return limits.Place(pieces, _room, _placed) ? [.. _placed] : null;
        }
    }

    private static long Ends(long start, long duration) => duration == CapacityProfile.Never || start > CapacityProfile.Never - duration ? CapacityProfile.Never : start + duration;

    private bool StillHolds(Reservation reservation, long now, INodeTimes times, Func<int, bool> mayUse, DomainLimits? limits)
    {
        limits?.At(reservation.Start);
        return limits?.Allows(reservation.Pieces) != false && reservation.Pieces.All(piece => mayUse(piece.Node) && TryFill(piece.Node, now, times, all: true)
            && _profile.Pieces(reservation.Amounts, reservation.Start, reservation.End, piece.Count) == piece.Count);
    }

    /// <summary>What is free on a node beside everything that is reserved there.</summary>
    private bool TryFill(int node, long now, INodeTimes times, bool all)
    {
        if (!times.Fill(node, now, _profile)) return false;
        foreach (var holder in HoldersOn(node))
        {
            var other = _all[holder];
            if (!all && !other.IsHeld && !_confirmed.Contains(holder)) continue;
            _profile.Take(Math.Max(now, other.Start), Late(other, now), other.Amounts, other.CountOn(node));
        }

        return true;
    }

    /// <summary>The end of a reservation that may have had to wait.</summary>
    private static long Late(Reservation reservation, long now) =>
        reservation.Start >= now || reservation.End == CapacityProfile.Never ? reservation.End : now + reservation.Duration;

    private void Put(THolder holder, Reservation reservation)
    {
        _all.Add(holder, reservation);
        Bind(holder, reservation);
    }

    private void Bind(THolder holder, Reservation reservation)
    {
        foreach (var piece in reservation.Pieces)
        {
            if (!_byNode.TryGetValue(piece.Node, out var holders)) _byNode.Add(piece.Node, holders = []);
            holders.Add(holder);
        }
    }

    private void Remove(THolder holder, Reservation known)
    {
        _all.Remove(holder);
        _confirmed.Remove(holder);
        foreach (var piece in known.Pieces)
        {
            var holders = _byNode[piece.Node];
            holders.Remove(holder);
            if (holders.Count == 0) _byNode.Remove(piece.Node);
        }
    }
}
