using Lepton.Model;

namespace Lepton.Scheduling.Shell;

/// <summary>
/// What a machine wants done, collected while it handles one batch of inputs. Nothing of it happens before the row, if it changed, is durable.
/// Not thread-safe; reused by the shell.
/// </summary>
public sealed class Effects
{
    internal List<(Address To, Message Body, SendMode Mode)> Sends { get; } = [];

    internal List<(CallId Call, Reply Reply)> Replies { get; } = [];

    internal bool SaveAsked { get; private set; }

    internal bool HintAsked { get; private set; }

    internal DateTimeOffset? Wake { get; private set; }

    internal Action<Func<Address, Message, bool>>? Dropping { get; set; }

    internal bool StartsOver { get; private set; }

    /// <summary>The row has changed and must be durable before replies and messages leave.</summary>
    public void Save() => SaveAsked = true;

    /// <summary>Answer a caller. A call that is <see cref="CallId.Nobody"/> is ignored.</summary>
    public void Reply(CallId call, Reply reply)
    {
        if (call != CallId.Nobody) Replies.Add((call, reply));
    }

    /// <summary>Tell another machine; its reply comes back as <see cref="IStateMachine.Answer"/>.</summary>
    public void Send(Address to, Message body, SendMode mode) => Sends.Add((to, body, mode));

    /// <summary>
    /// Stop repeating what was sent and matches: it has lost its meaning. Copies on their way may still arrive; their answers are ignored.
    /// </summary>
    public void Drop(Func<Address, Message, bool> matches)
    {
        Sends.RemoveAll(send => matches(send.To, send.Body));
        Dropping?.Invoke(matches);
    }

    /// <summary>Ask for a <see cref="IStateMachine.Tick"/> at that time; the earliest of several asks counts, and one tick clears them all.</summary>
    public void WakeAt(DateTimeOffset at)
    {
        if (Wake is null || at < Wake) Wake = at;
    }

    /// <summary>
    /// This activation knows less than the store does: another one has written since it was read. It is thrown away after this cycle, and the
    /// next caller meets one that has read again.
    /// </summary>
    public void StartOver() => StartsOver = true;

    /// <summary>There is work for the agent: push it a hint to come sooner (node machines only; may be lost).</summary>
    public void HintAgent() => HintAsked = true;

    internal DateTimeOffset? TakeWake()
    {
        var wake = Wake;
        Wake = null;
        return wake;
    }

    internal void Clear()
    {
        Sends.Clear();
        Replies.Clear();
        SaveAsked = false;
        HintAsked = false;
        StartsOver = false;
        Wake = null;
    }
}
