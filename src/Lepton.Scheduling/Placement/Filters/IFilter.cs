namespace Lepton.Scheduling.Placement.Filters;

/// <summary>A hard rule about one node: it turns a task down or says nothing.</summary>
internal interface IFilter
{
    string Name { get; }

    bool TurnsDown(TaskShape shape, NodeEntry node);
}
