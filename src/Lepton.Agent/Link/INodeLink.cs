using Lepton.Model;

namespace Lepton.Agent.Link;

/// <summary>The way to the agent's node grain.</summary>
internal interface INodeLink
{
    /// <summary>Called when the node says that there is work. May come from any thread.</summary>
    Action? Hinted { get; set; }

    /// <summary>Sends a heartbeat. Throws when no answer came in time: it is then unknown whether it was handled.</summary>
    Task<Reply> Beat(AgentBeat beat, CancellationToken cancel);
}
