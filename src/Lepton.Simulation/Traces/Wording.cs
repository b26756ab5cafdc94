using System.Collections.Immutable;
using System.Globalization;
using Lepton.Model;

namespace Lepton.Simulation.Traces;

/// <summary>One line about a message or a row: what a person who reads a trace wants to know of it.</summary>
internal static class Wording
{
    public static string Of(object what) => what switch
    {
        StoredRecord record => $"{record.Key} v{record.ETag.ToString(CultureInfo.InvariantCulture)} {Of(record.Value)}",
        StoredMachine stored => stored.Owed.IsEmpty ? Of(stored.Row) : $"{Of(stored.Row)} owes [{string.Join("; ", stored.Owed.Select(owed => $"{Name(owed.Body)} -> {owed.To}"))}]",
        Row row => Of(row),
        Message message => Of(message),
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ => what.ToString() ?? "",
    };

    private static string Of(Row row) => row switch
    {
        TaskRow task => $"{task.Phase} attempt {task.Attempt} retries {task.Retries}{(task.CancelAsked ? " cancel asked" : "")} [{string.Join(", ", task.Attempts.TakeLast(3).Select(Of))}] {task.Message}",
        GuestRow guest => $"{guest.Phase} attempt {guest.Attempt.Number} on {guest.Node?.ToString() ?? "no node"} end {guest.End?.Cause.ToString() ?? "none"}",
        NodeRow node => $"epoch {node.Epoch} {node.Phase}{(node.Hold == NodeHold.None ? "" : $" held {node.Hold}")} region epoch {node.RegionEpoch} holds [{string.Join(", ", node.Grants.Select(grant => $"{grant.Attempt}{(grant.StopAsked is { } cause ? $" stop {cause}" : "")}{Of(grant.Devices)}"))}]{Of(node.Devices)}",
        JobRow job => $"{job.Phase} tasks {job.Spec.TaskCount} ok {job.Succeeded} failed {job.Failed} cancelled {job.CancelledCount}{(job.CancelAsked ? " cancel asked" : "")} {job.Message}",
        RegionRow region => $"epoch {region.Epoch}",
        SeatRow seat => $"epoch {seat.Epoch} term {seat.Term}",
        _ => row.Key,
    };

    private static string Of(ImmutableArray<DeviceGrant> devices) =>
        devices.IsDefaultOrEmpty ? "" : $" on {string.Join("+", devices.Select(d => $"{d.Uuid}@{d.DeviceEpoch}:{d.ShareMilli.ToString(CultureInfo.InvariantCulture)}"))}";

    private static string Of(ImmutableArray<DeviceState> devices) =>
        devices.IsDefaultOrEmpty ? "" : $" devices [{string.Join(", ", devices.Select(d => $"{d.Uuid}@{d.Epoch} {d.Phase}"))}]";

    private static string Of(AttemptRecord attempt) =>
        $"#{attempt.Number} {attempt.Region} {attempt.Node?.Name ?? "-"} {attempt.End?.Cause.ToString() ?? "open"}";

    private static string Of(Message message) => message switch
    {
        Dispatch m => $"Dispatch {m.Run.Task} to {m.Region} {m.Node?.Name ?? "-"} region epoch {m.RegionEpoch} order {m.Order}",
        Dispatched m => $"Dispatched {m.Attempt}",
        Offer m => $"Offer {m.Attempt} region epoch {m.RegionEpoch}{Of(m.Devices)}",
        Granted m => $"Granted under node epoch {m.NodeEpoch}",
        StopAttempt m => $"StopAttempt {m.Attempt} {m.Cause}{(m.Force ? " by force" : "")}",
        ConfirmGrant m => $"ConfirmGrant {m.Attempt} on {m.Node}",
        AttemptStarted m => $"AttemptStarted {m.Attempt} on {m.Node}",
        AttemptEnded m => $"AttemptEnded {m.Attempt} {m.End.Cause} exit {m.End.ExitCode?.ToString(CultureInfo.InvariantCulture) ?? "-"} on {m.Node?.ToString() ?? "-"}",
        AgentBeat m => $"AgentBeat {m.Node} life {m.Incarnation} no {m.Sequence} holds [{string.Join(", ", m.Attempts.Select(a => $"{a.Attempt} {a.Phase} {a.End?.Cause.ToString() ?? ""}"))}]{(m.Leaving ? " leaving" : "")}",
        LeaseReply m => $"LeaseReply epoch {m.NodeEpoch} no {m.Sequence} assign [{string.Join(", ", m.Assign.Select(a => a.Attempt))}] stop [{string.Join(", ", m.Stop.Select(s => $"{s.Attempt} {s.Cause}"))}] forget [{string.Join(", ", m.Forget)}]",
        JobReady m => $"JobReady {m.Job} [{string.Join(", ", m.Ranges.Select(r => $"{r.Group} {r.First}+{r.Count}"))}]",
        TaskWaits m => $"TaskWaits {m.LastAttempt} {m.Cause} retries {m.Retries}",
        TaskSettled m => $"TaskSettled {m.Task}",
        TaskRuns m => $"TaskRuns {m.Attempt} on {m.Node}",
        TaskEnded m => $"TaskEnded {m.Task} {m.Phase}",
        GuestOffer m => $"GuestOffer {m.Attempt}",
        GuestWaits m => $"GuestWaits {m.Attempt}",
        SendBack m => $"SendBack {m.Attempt}: {m.Why}",
        GuestStop m => $"GuestStop {m.Attempt} {m.Cause}",
        NodeChanged m => $"NodeChanged {m.Node} epoch {m.NodeEpoch} v{m.Version} {m.Phase}{(m.Full ? " full" : "")} +[{string.Join(", ", m.Added.Select(a => a.Attempt))}] -[{string.Join(", ", m.Freed)}]",
        RegionBeat m => $"RegionBeat {m.Summary.Region} epoch {m.Summary.RegionEpoch} no {m.Summary.Sequence}",
        Explained m => $"Explained {m.Explanation.Task} {m.Explanation.Phase} {m.Explanation.Reason?.ToString() ?? "-"}: {m.Explanation.Evidence}",
        Withdraw m => $"Withdraw {m.Job} {(m.Indexes is { } indexes ? string.Join(",", indexes) : "all")}",
        Withdrawn m => $"Withdrawn, in flight [{string.Join(",", m.InFlight)}]",
        Stale m => $"Stale {m.What}: given {m.Given}, known {m.Known}",
        Refused m => $"Refused {m.Code}: {m.Text}",
        Unanswered m => $"Unanswered: {m.Why}",
        SubmitJob m => $"SubmitJob {m.Job} {m.Spec.TaskCount} tasks",
        CancelTask m => $"CancelTask {m.Task}",
        CancelOne m => $"CancelOne {m.Task}",
        CancelJob m => $"CancelJob {m.Job}",
        DelegationLost m => $"DelegationLost {m.Task} by {m.Silent}",
        OwnerLost m => $"OwnerLost {m.Task}",
        FenceNode m => $"FenceNode {m.Node} region epoch {m.RegionEpoch}",
        HoldNode m => $"HoldNode {m.Node} {m.Hold} no {m.Number}",
        ExplainTask m => $"ExplainTask {m.Task}",
        _ => Name(message),
    };

    private static string Name(Message message) => message.GetType().Name;
}
