namespace Lepton.Agent;

/// <summary>Why the agent's loop ended.</summary>
internal enum AgentExit
{
    /// <summary>Asked to leave, and has left.</summary>
    Left,

    /// <summary>A newer agent of the same node was seen; everything here was killed.</summary>
    Replaced,

    /// <summary>Its parent is gone, the lease has lapsed and nothing runs.</summary>
    Orphaned,

    /// <summary>Its parent is gone and another agent wants the state folder; running tasks stay for that one.</summary>
    HandedOver,
}
