using Lepton.Model;

namespace Lepton.Scheduling.Placement.Granting;

/// <summary>One device of a node in the region's ledger: what it is, how the node says it does, what counts as taken of it.</summary>
internal sealed class DeviceEntry(string uuid)
{
    public string Uuid => uuid;

    /// <summary>Null: no agent tells of it (any more).</summary>
    public Device? Device { get; set; }

    /// <summary>Null until its node has said it: nothing is placed on it before.</summary>
    public DeviceState? State { get; set; }

    public int TakenMilli { get; private set; }

    public long TakenMemory { get; private set; }

    /// <summary>Attempts that hold some of it or are on their way to it.</summary>
    public int Holders { get; private set; }

    /// <summary>The GPU of an instance, the instances of a GPU: what is taken of them is taken of this.</summary>
    public DeviceEntry[] Overlapping { get; set; } = [];

    public bool IsHealthy => State is { Phase: DevicePhase.Healthy };

    public bool IsOverlapped
    {
        get
        {
            foreach (var other in Overlapping)
            {
                if (other.Holders > 0) return true;
            }

            return false;
        }
    }

    /// <summary>Thousandths that a task could be given now.</summary>
    public int FreeMilli => !IsHealthy || Device is not { MigMode: false } || IsOverlapped ? 0 : Math.Max(0, DeviceAsk.Whole - TakenMilli);

    public long FreeMemory => Device is null ? 0 : Math.Max(0, Device.MemoryBytes - TakenMemory);

    /// <summary>Nothing of it is taken, and it may be.</summary>
    public bool IsFreeWhole => FreeMilli == DeviceAsk.Whole && TakenMemory == 0;

    public DeviceView View => new(Device!, State ?? new DeviceState(uuid, DevicePhase.Suspect, Epoch.None, default, "Its node has not said how it is."), TakenMilli, TakenMemory);

    public void Take(DeviceGrant grant) => (TakenMilli, TakenMemory, Holders) = (TakenMilli + grant.ShareMilli, TakenMemory + grant.MemoryBytes, Holders + 1);

    public void GiveBack(DeviceGrant grant) => (TakenMilli, TakenMemory, Holders) = (TakenMilli - grant.ShareMilli, TakenMemory - grant.MemoryBytes, Holders - 1);
}
