namespace Lepton.Scheduling.Queueing;

/// <summary>Rows in the order of their keys, in chunks: found, put in and taken out anywhere, and walked on from any key while it changes.</summary>
/// <remarks>Cost: O(log rows) to find and to walk on, O(log rows + chunk) to put in and take out; a new chunk now and then is all it allocates.</remarks>
internal sealed class SortedRows<TKey, TRow>
    where TKey : struct, IComparable<TKey>
{
    private const int ChunkSize = 64;

    private readonly List<Chunk> _chunks = [];

    public int Count { get; private set; }

    /// <summary>All rows in order; not to be changed meanwhile.</summary>
    public IEnumerable<TRow> Rows
    {
        get
        {
            foreach (var chunk in _chunks)
            {
                for (var i = 0; i < chunk.Count; i++) yield return chunk.Rows[i];
            }
        }
    }

    public bool TryGet(TKey key, out TRow row)
    {
        if (Find(key, out var chunk, out var at))
        {
            row = _chunks[chunk].Rows[at];
            return true;
        }

        row = default!;
        return false;
    }

    /// <summary>The first row behind a key, or the first of all.</summary>
    public bool TryNext(TKey? after, out TKey key, out TRow row)
    {
        (key, row) = (default, default!);
        if (_chunks.Count == 0) return false;
        var (chunk, at) = (0, 0);
        if (after is { } last)
        {
            if (Find(last, out chunk, out at)) at++;
            if (at == _chunks[chunk].Count) (chunk, at) = (chunk + 1, 0);
            if (chunk == _chunks.Count) return false;
        }

        (key, row) = (_chunks[chunk].Keys[at], _chunks[chunk].Rows[at]);
        return true;
    }

    /// <summary>Puts a row in, in place of one with the same key.</summary>
    public void Put(TKey key, TRow row)
    {
        if (_chunks.Count == 0) _chunks.Add(new Chunk());
        if (Find(key, out var number, out var at))
        {
            _chunks[number].Rows[at] = row;
            return;
        }

        var chunk = _chunks[number];
        if (chunk.Count == ChunkSize)
        {
            // Rows mostly come at the end: there a full chunk stays full.
            var keep = number == _chunks.Count - 1 && at == ChunkSize ? ChunkSize : ChunkSize / 2;
            var rest = chunk.Split(keep);
            _chunks.Insert(number + 1, rest);
            if (at > keep || keep == ChunkSize) (chunk, at) = (rest, at - keep);
        }

        chunk.Insert(at, key, row);
        Count++;
    }

    public bool Remove(TKey key)
    {
        if (!Find(key, out var number, out var at)) return false;
        _chunks[number].RemoveAt(at);
        if (_chunks[number].Count == 0) _chunks.RemoveAt(number);
        Count--;
        return true;
    }

    /// <summary>Where a key is, or would be put.</summary>
    private bool Find(TKey key, out int chunk, out int at)
    {
        var (low, high) = (0, _chunks.Count - 1);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_chunks[middle].Keys[_chunks[middle].Count - 1].CompareTo(key) < 0) low = middle + 1;
            else high = middle;
        }

        (chunk, at) = (low, 0);
        if (low >= _chunks.Count) return false;
        at = Array.BinarySearch(_chunks[low].Keys, 0, _chunks[low].Count, key);
        if (at >= 0) return true;
        at = ~at;
        return false;
    }

    private sealed class Chunk
    {
        public TKey[] Keys { get; } = new TKey[ChunkSize];

        public TRow[] Rows { get; } = new TRow[ChunkSize];

        public int Count { get; private set; }

        public void Insert(int at, TKey key, TRow row)
        {
            Array.Copy(Keys, at, Keys, at + 1, Count - at);
            Array.Copy(Rows, at, Rows, at + 1, Count - at);
            (Keys[at], Rows[at]) = (key, row);
            Count++;
        }

        public void RemoveAt(int at)
        {
            Count--;
            Array.Copy(Keys, at + 1, Keys, at, Count - at);
            Array.Copy(Rows, at + 1, Rows, at, Count - at);
            (Keys[Count], Rows[Count]) = (default, default!);
        }

        public Chunk Split(int keep)
        {
            var rest = new Chunk();
            rest.Count = Count - keep;
            Array.Copy(Keys, keep, rest.Keys, 0, rest.Count);
            Array.Copy(Rows, keep, rest.Rows, 0, rest.Count);
            Array.Clear(Keys, keep, rest.Count);
            Array.Clear(Rows, keep, rest.Count);
            Count = keep;
            return rest;
        }
    }
}
