namespace Lepton.Cuda;

/// <summary>How near two GPUs are. Null: the driver cannot say.</summary>
/// <param name="NvLink">Whether they reach each other over NVLink.</param>
public sealed record DeviceLink(string UuidA, string UuidB, CommonAncestor? Nearest, bool? NvLink, bool Emulated);

/// <summary>What two GPUs share on the way to each other, nearest first. Numbers are the driver's.</summary>
public enum CommonAncestor
{
    Board = 0,
    OneSwitch = 10,
    Switches = 20,
    HostBridge = 30,
    Node = 40,
    System = 50,
}
