namespace Lepton.Scheduling.Placement.Rules;

/// <summary>Where the value of an attribute comes from.</summary>
internal enum NodeAttribute
{
    Label,
    Region,
    Node,
    Driver,
    AgentVersion,
    Cpus,
    MemoryGiB,
}
