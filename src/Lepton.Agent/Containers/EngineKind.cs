namespace Lepton.Agent.Containers;

/// <summary>The program that runs containers.</summary>
internal enum EngineKind
{
    Docker,
    Podman,
}
