using System.Collections.Concurrent;

namespace Lepton.Benchmarks.LongRuns;

/// <summary>A job that was acknowledged, and what became of it as far as was seen.</summary>
internal sealed class LedgerJob(string id, string region, LoadJob load, DateTimeOffset acceptedAt)
{
    public string Id => id;

    public string Region => region;

    public LoadJob Load => load;

    public DateTimeOffset AcceptedAt => acceptedAt;

    public bool CancelAsked { get; set; }

    public string? Outcome { get; set; }

    public DateTimeOffset? EndedAt { get; set; }

    /// <summary>Attempts of all its tasks beyond the first of each.</summary>
    public int Repeats { get; set; }

    /// <summary>To be read once more: an outcome that changes is none.</summary>
    public DateTimeOffset? ReadAgainAt { get; set; }
}

/// <summary>Everything that was acknowledged, and every breach of a promise.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentDictionary<string, LedgerJob> _open = new();
    private readonly ConcurrentDictionary<string, int> _outcomes = new();
    private readonly ConcurrentQueue<string> _breaches = new();
    private int _accepted;
    private int _ended;
    private int _givenUp;
    private int _repeats;
    private int _readAgain;
    private int _unanswered;

    public int Accepted => _accepted;

    public int Ended => _ended;

    /// <summary>Submits that were never acknowledged, so that nobody may count on them.</summary>
    public int GivenUp => _givenUp;

    public int Repeats => _repeats;

    public int ReadAgainCount => _readAgain;

    /// <summary>Calls that failed or were refused and were made again.</summary>
    public int Unanswered => _unanswered;

    public IReadOnlyCollection<string> Breaches => _breaches;

    public IReadOnlyDictionary<string, int> Outcomes => _outcomes;

    public int Open => _open.Values.Count(j => j.Outcome is null);

    public IReadOnlyList<LedgerJob> OpenOf(string region) => [.. _open.Values.Where(j => j.Region == region)];

    public void Accept(LedgerJob job)
    {
        if (!_open.TryAdd(job.Id, job)) Breach($"job {job.Id} was acknowledged to two different submits");
        Interlocked.Increment(ref _accepted);
    }

    public void GiveUp() => Interlocked.Increment(ref _givenUp);

    public void CountUnanswered() => Interlocked.Increment(ref _unanswered);

    public void End(LedgerJob job, string outcome, DateTimeOffset? endedAt, int repeats)
    {
        job.Outcome = outcome;
        job.EndedAt = endedAt;
        Interlocked.Increment(ref _ended);
        Interlocked.Add(ref _repeats, repeats);
        _outcomes.AddOrUpdate($"{job.Load.Kind} {outcome}", 1, (_, n) => n + 1);
    }

    public void Forget(LedgerJob job, bool readAgain)
    {
        _open.TryRemove(job.Id, out _);
        if (readAgain) Interlocked.Increment(ref _readAgain);
    }

    public void Breach(string what) => _breaches.Enqueue(what);
}
