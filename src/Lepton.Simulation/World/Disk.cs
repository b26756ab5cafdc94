using Lepton.Model;
using Lepton.Scheduling;
using Lepton.Scheduling.Shell;
using Lepton.Simulation.Checkers;
using Lepton.Simulation.Faults;
using Lepton.Simulation.Traces;

namespace Lepton.Simulation.World;

/// <summary>How a write ended for the one who asked. <see cref="Failed"/>: nothing was written, or it was and nobody knows.</summary>
internal enum WriteResult
{
    Written,
    Conflict,
    Failed,
}

/// <summary>
/// The durable store of one region: rows by key with versions. It outlives every crash; what was in flight when its silo died is either there or not.
/// </summary>
internal sealed class Disk(VirtualWorld world, RegionId region)
{
    private readonly SortedSet<string> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StoredRecord> _rows = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _written = new(StringComparer.Ordinal);
    private readonly List<InFlight> _inFlight = [];
    private SeedStream _chance = SeedStream.For(world.Seed, $"disk {region}");
    private long _writes;

    public long SlowUntil { get; set; }

    public StoredRecord? Read(string key) => _rows.GetValueOrDefault(key);

    public IEnumerable<StoredRecord> Scan(string prefix)
    {
        foreach (var key in _keys.GetViewBetween(prefix, prefix + '\uffff')) yield return _rows[key];
    }

    public List<Row> Scan(RowScan scan)
    {
        var rows = new List<Row>();
        foreach (var record in Scan(scan.Prefix))
        {
            if (!scan.LiveOnly || record.Value.Row.Index.Live) rows.Add(record.Value.Row);
        }

        return rows;
    }

    public IEnumerable<StoredRecord> All() => _keys.Select(key => _rows[key]);

    /// <summary>Rows that owe and were written behind a place in the order of all writes (of which the production store makes its versions), in that order.</summary>
    public List<(StoredRecord Record, long Written)> ScanOwing(long after) =>
        [.. from key in _keys where _written[key] > after && _rows[key].Value.Owed.Length > 0 orderby _written[key] select (_rows[key], _written[key])];

    /// <summary>True: a read fails now.</summary>
    public bool RefusesRead()
    {
        if (!_chance.Chance(world.Rates.ReadRefused)) return false;
        world.Count(FaultKind.ReadRefused);
        return true;
    }

    /// <summary>How long the next read or half of a write takes.</summary>
    public long Latency()
    {
        var ticks = (long)((0.1 + (_chance.NextDouble() * 1.5)) * TimeSpan.TicksPerMillisecond);
        return SlowUntil > world.Queue.Now ? ticks * 200 : ticks;
    }

    /// <summary>Writes one row if its version is the expected one. The answer comes later, in the silo, if that still lives.</summary>
    public void Write(Silo silo, PendingWrite write, Action<WriteResult, long> done)
    {
        var flight = new InFlight(write);
        _inFlight.Add(flight);
        world.Queue.After(Latency(), () =>
        {
            if (!_inFlight.Remove(flight)) return;      // its silo died meanwhile: settled then
            var fate = _chance.NextDouble();
            var result = WriteResult.Failed;
            if (fate < world.Rates.WriteRefused)
            {
                world.Count(FaultKind.WriteRefused);
                world.Trace.Add(TraceKind.WriteFailed, region.Value, write.Key, "refused");
            }
            else if (fate < world.Rates.WriteRefused + world.Rates.WriteUnknown)
            {
                world.Count(FaultKind.WriteUnknown);
                world.Trace.Add(TraceKind.WriteFailed, region.Value, write.Key, "written, and reported as not known");
                Apply(write);
            }
            else
            {
                result = Apply(write) ? WriteResult.Written : WriteResult.Conflict;
            }

            var etag = write.ExpectedETag + 1;
            world.After(silo, Latency(), () => done(result, etag));
        });
    }

    /// <summary>The silo died: each write in flight had reached the disk, or had not.</summary>
    public void SiloDied()
    {
        foreach (var flight in _inFlight)
        {
            world.Count(FaultKind.CrashInWrite);
            if (_chance.Chance(0.5)) Apply(flight.Write);
        }

        _inFlight.Clear();
    }

    /// <summary>Puts a row back to what it was: for a disk that lies about durability.</summary>
    public void Forget(string key, StoredRecord? before)
    {
        if (before is null)
        {
            _rows.Remove(key);
            _keys.Remove(key);
        }
        else
        {
            _rows[key] = before;
        }
    }

    private bool Apply(PendingWrite write)
    {
        var before = _rows.GetValueOrDefault(write.Key);
        if ((before?.ETag ?? 0) != write.ExpectedETag)
        {
            world.Count(FaultKind.WriteConflict);
            world.Trace.Add(TraceKind.WriteFailed, region.Value, write.Key, "conflict");
            return false;
        }

        var after = new StoredRecord(write.Key, write.ExpectedETag + 1, write.Value);
        _rows[write.Key] = after;
        _written[write.Key] = ++_writes;
        _keys.Add(write.Key);
        world.Trace.Add(TraceKind.Written, region.Value, null, after);
        world.Sabotage.Written(this, before, after);
        world.Emit(new RowWritten(region, before, after));
        return true;
    }

    private sealed class InFlight(PendingWrite write)
    {
        public PendingWrite Write => write;
    }
}
