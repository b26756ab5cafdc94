using Lepton.Model;

namespace Lepton.Contracts;

/// <summary>
/// Delivers a message to a machine in any region: own cluster or another one. Transport-neutral; ids and values only.
/// </summary>
public interface IRegionGateway
{
    /// <summary>
    /// The reply, or <see cref="Unanswered"/> when none came within the gateway's short timeout (the message may have been handled all the same).
    /// Never throws for an unreachable region.
    /// </summary>
    Task<Reply> Ask(Address to, Message message, CancellationToken cancel);
}
