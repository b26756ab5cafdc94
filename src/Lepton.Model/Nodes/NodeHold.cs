using Orleans;

namespace Lepton.Model;

/// <summary>What a person wants of a node, whatever its agent does.</summary>
[GenerateSerializer, Alias("NodeHold")]
public enum NodeHold
{
    /// <summary>It takes work.</summary>
    None,

    /// <summary>It takes no new work; what runs goes on.</summary>
    Cordoned,

    /// <summary>It takes no new work, and what runs is asked to end as preempted and goes on elsewhere.</summary>
    Draining,
}
