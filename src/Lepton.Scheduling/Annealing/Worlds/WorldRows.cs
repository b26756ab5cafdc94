using System.Runtime.Intrinsics;

namespace Lepton.Scheduling.Annealing.Worlds;

/// <summary>A task of the world in one cache line.</summary>
internal struct WorldTaskRow
{
    public Vector128<int> Need;
    public ulong Regions;
    public uint Kinds;
    public int Node;
    public int Home;
    public ushort Tenant;
    public ushort Tasks;
    public int Copies;
    public short DataRegion;
    public short HomeRegion;
    public float RunSeconds;
    public float DataGiB;
    public float CheckpointGiB;
    public float DeviceSeconds;

    public readonly int Devices => Need.ToScalar();
}

/// <summary>A place of the world: its room, its pool, its part.</summary>
internal struct WorldPlaceRow
{
    public Vector128<int> Room;
    public int Pool;
    public int Part;
}

/// <summary>A pool of the world: prices, and its demand, which moves change.</summary>
internal struct WorldPoolRow
{
    public double Demand;
    public double Supply;
    public double InverseSupply;
    public double InverseSpeed;
    public double SecondsPerDeviceSecond;
    public int Region;
    public int Kind;
}
