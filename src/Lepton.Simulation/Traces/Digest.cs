using Lepton.Model;

namespace Lepton.Simulation.Traces;

/// <summary>Hashes that are the same in every process (FNV-1a, 64 bit): the base library's string hash is not.</summary>
internal static class Digest
{
    public const ulong Start = 14695981039346656037UL;

    public static ulong Mix(ulong hash, ulong value)
    {
        for (var shift = 0; shift < 64; shift += 16) hash = (hash ^ ((value >> shift) & 0xFFFF)) * 1099511628211UL;
        return hash;
    }

    public static ulong Of(ulong hash, string text)
    {
        foreach (var c in text) hash = (hash ^ c) * 1099511628211UL;
        return hash;
    }

    public static ulong Of(ulong hash, object what) => what switch
    {
        string text => Of(hash, text),
        Address to => Mix(Of(Of(hash, to.Key), to.Region.Value), (ulong)to.Kind),
        StoredRecord record => Of(Mix(Of(hash, record.Key), (ulong)record.ETag), record.Value),
        StoredMachine stored => Mix(Of(hash, stored.Row), (ulong)stored.Owed.Length),
        Row row => Of(hash, row),
        AttemptId attempt => Of(hash, attempt),
        NodeId node => Of(Of(hash, node.Region.Value), node.Name),
        Message message => Of(hash, message),
        _ => Of(hash, Wording.Of(what)),
    };

    private static ulong Of(ulong hash, AttemptId attempt) =>
        Mix(Of(hash, attempt.Task.Job.Key), ((ulong)(uint)attempt.Task.Index << 32) | (uint)attempt.Number);

    private static ulong Of(ulong hash, Row row) => row switch
    {
        TaskRow task => Mix(Mix(Mix(hash, (ulong)task.Phase), (ulong)task.Attempt), (ulong)task.Retries),
        GuestRow guest => Mix(Mix(hash, (ulong)guest.Phase), (ulong)guest.Attempt.Number),
        NodeRow node => Mix(Mix(Mix(hash, (ulong)node.Epoch.Value), (ulong)node.Phase), (ulong)node.Grants.Length),
        JobRow job => Mix(Mix(hash, (ulong)job.Phase), (ulong)job.Succeeded),
        RegionRow region => Mix(hash, (ulong)region.Epoch.Value),
        _ => hash,
    };

    private static ulong Of(ulong hash, Message message)
    {
        hash = Of(hash, message.GetType().Name);
        return message switch
        {
            Offer offer => Of(hash, offer.Attempt),
            AttemptEnded ended => Mix(Of(hash, ended.Attempt), (ulong)ended.End.Cause),
            AttemptStarted started => Of(hash, started.Attempt),
            TaskWaits waits => Of(hash, waits.LastAttempt),
            Dispatch dispatch => Mix(Of(hash, dispatch.Run.Task.Job.Key), (ulong)dispatch.Order),
            Dispatched dispatched => Of(hash, dispatched.Attempt),
            AgentBeat beat => Mix(Mix(hash, (ulong)beat.Sequence), (ulong)beat.Attempts.Length),
            LeaseReply lease => Mix(Mix(hash, (ulong)lease.Sequence), (ulong)(lease.Assign.Length + lease.Stop.Length)),
            Explained explained => Mix(hash, (ulong)(explained.Explanation.Reason ?? 0)),
            Refused refused => Mix(hash, (ulong)refused.Code),
            _ => hash,
        };
    }
}
