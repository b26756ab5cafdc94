namespace Lepton.Agent.Tests.Devices;

/// <summary>Tests that speak with the fake driver in this process: it is one library with one state, so they run one after the other.</summary>
[CollectionDefinition(Name)]
public sealed class DriverCollection
{
    public const string Name = "driver";
}
