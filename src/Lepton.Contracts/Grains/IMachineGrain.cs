using Lepton.Model;
using Orleans;
using Orleans.Concurrency;

namespace Lepton.Contracts;

/// <summary>A grain that carries one state machine: a message in, its reply out.</summary>
public interface IMachineGrain : IGrainWithStringKey
{
    /// <summary>
    /// Hands a message to the machine. Returns when its effects are durable. Throws nothing of its own: refusals are replies;
    /// an exception means that it is unknown whether the message was handled.
    /// </summary>
    [AlwaysInterleave]
    Task<Reply> Ask(Message message);

    /// <summary>Activates the grain, so that it sends what it owes.</summary>
    /// <returns>True when it is at rest: everything it owed by the newest version of its row was answered, and it waits for no time.</returns>
    [AlwaysInterleave]
    Task<bool> Wake();
}

/// <summary>The region: queue, placement, its picture of nodes and of other regions. Key = region id.</summary>
public interface IRegionGrain : IMachineGrain;

/// <summary>The only owner of one machine's resources. Key = <c>region/name</c>.</summary>
public interface INodeGrain : IMachineGrain
{
    /// <summary>A heartbeat: renews the lease, returns the work. The hint target is attached anew with every beat.</summary>
    [AlwaysInterleave]
    Task<Reply> Beat(AgentBeat beat, IAgentHints hints);
}

/// <summary>Attempts and the one outcome of a task; in a region that is not the owner: the guest record. Key = task id.</summary>
public interface ITaskGrain : IMachineGrain;

/// <summary>An accepted job and its progress. Key = job id.</summary>
public interface IJobGrain : IMachineGrain;

/// <summary>The region's durable promises in elections. Key = region id.</summary>
public interface ISeatGrain : IMachineGrain;

/// <summary>Push to an agent: there is work, come sooner. Only a hint: the heartbeat is the truth.</summary>
public interface IAgentHints : IGrainObserver
{
    [OneWay]
    Task WorkAvailable();
}
