namespace Lepton.Scheduling.Placement.Devices;

/// <summary>What a node has when nothing runs on it; the model is a number the caller gives.</summary>
public readonly record struct NodeShape(int CpuMilli, int MemoryMib, int Gpus, int Model);
