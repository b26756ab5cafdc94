namespace Lepton.Scheduling.Shell;

/// <summary>
/// Which rows that owe messages are still to be woken. That a message was answered is written with the next write only, so a row may be marked as owing for as long
/// as it waits: once its machine has said that it is at rest at its present version, it is left alone until it is written again.
/// </summary>
/// <remarks>
/// Relies on versions that come from one counter of the store, and on rows being met in their order: whatever is written later has a higher version.
/// Cost: O(rows written since the last pass + rows not at rest); memory for those not at rest.
/// </remarks>
public sealed class OwingRows
{
    private HashSet<string> _open = new(StringComparer.Ordinal);
    private HashSet<string> _next = new(StringComparer.Ordinal);

    /// <summary>Rows up to this version have been met; a scan begins behind it.</summary>
    public long Seen { get; private set; }

    /// <summary>Rows of former passes that were not at rest. To be woken first; whether it rests now is told then.</summary>
    public IReadOnlyCollection<string> Open => _open;

    /// <summary>One of <see cref="Open"/> was woken again.</summary>
    public void Woken(string key, bool rests)
    {
        if (!rests) _next.Add(key);
    }

    /// <summary>A row behind <see cref="Seen"/> was woken.</summary>
    public void Woken(string key, long version, bool rests)
    {
        Seen = Math.Max(Seen, version);
        if (!rests) _next.Add(key);
    }

    /// <summary>The pass is over: what was not at rest is woken again with the next one.</summary>
    public void EndPass()
    {
        _open = _next;
        _next = new(StringComparer.Ordinal);
    }
}
