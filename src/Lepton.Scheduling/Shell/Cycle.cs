using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Scheduling.Shell;

/// <summary>What must be written before a cycle's effects may leave: the key must still have <see cref="ExpectedETag"/>.</summary>
public sealed record PendingWrite(string Key, long ExpectedETag, StoredMachine Value);

/// <summary>A message to deliver now; hand its answer to <see cref="MachineShell.Answered"/> with the same number.</summary>
public readonly record struct OutboundSend(long Number, Address To, Message Body);

/// <summary>What leaves after a commit.</summary>
/// <param name="StartOver">Afterwards the activation is thrown away: it is behind the store.</param>
public sealed record Release(
    ImmutableArray<(CallId Call, Reply Reply)> Replies,
    ImmutableArray<OutboundSend> Sends,
    bool HintAgent,
    bool StartOver);
