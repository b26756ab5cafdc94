using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Devices;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.StateMachines.Nodes;

/// <summary>
/// The devices of a node: their health, what of each is granted, and what became of both. What is granted of a device never grows beyond it, and
/// a GPU and its MIG instances are never granted at the same time.
/// </summary>
/// <remarks>Cost: O(devices of the node) per signal and per offer.</remarks>
internal sealed class DeviceBooks(HealthSettings settings)
{
    /// <summary>Devices that went away and are remembered, so that their epochs go on where they were.</summary>
    private const int GoneKept = 64;

    private readonly OrderedDictionary<string, DeviceBook> _books = [];
    private ImmutableArray<DeviceSlice> _slices = [];
    private bool _changed;

    public ImmutableArray<DeviceTurn> Turns { get; private set; } = [];

    public ImmutableArray<DeviceUse> Uses { get; private set; } = [];

    public ImmutableArray<DeviceState> States { get; private set; } = [];

    /// <summary>Of them those that are not healthy.</summary>
    public ImmutableArray<DeviceState> Troubled { get; private set; } = [];

    public DeviceBook? Find(string uuid) => _books.GetValueOrDefault(uuid);

    public void Restore(NodeRow row, DateTimeOffset now)
    {
        (Turns, Uses) = (row.Turns.OrEmpty(), row.Uses.OrEmpty());
        foreach (var state in row.Devices.OrEmpty()) _books[state.Uuid] = DeviceBook.Of(state, now);
        foreach (var device in (row.Spec?.Devices).GetValueOrDefault().OrEmpty()) Meet(device, now);
        Rebuild();
    }

    /// <summary>The agent tells of other devices than before. What is gone is lost; what is back must be checked before it gets work.</summary>
    public void Respecify(ImmutableArray<Device> devices, DateTimeOffset now)
    {
        var told = devices.OrEmpty().Select(d => d.Uuid).ToHashSet(StringComparer.Ordinal);
        foreach (var book in _books.Values.Where(b => b.Device is not null && !told.Contains(b.Uuid)).ToList())
        {
            book.Device = null;
            Turn(book, book.Health with { Phase = DevicePhase.Lost, Epoch = book.Health.Epoch + 1, Reason = "Its agent tells of it no more.", Since = now });
        }

        foreach (var device in devices.OrEmpty())
        {
            var isBack = _books.TryGetValue(device.Uuid, out var known) && known.Device is null;
            Meet(device, now);
            if (isBack) Step(known!, new HealthSignal.FoundAgain(new HealthSignal.Read(now, false, null, null, null)));
        }

        foreach (var gone in _books.Values.Where(b => b.Device is null && b.Holders == 0).Reverse().Skip(GoneKept).ToList()) _books.Remove(gone.Uuid);
        _changed = true;
    }

    /// <summary>What the agent has learnt: an event concerns whom the hardware says it concerns, everything else the device and its instances.</summary>
    public void Take(DeviceSignal signal)
    {
        if (signal.Kind == DeviceSignalKind.Happened)
        {
            if (signal.Event is null) return;
            var scope = EventScope.Of(signal.Event, _slices);
            foreach (var uuid in scope.Uuids) Step(_books[uuid], new HealthSignal.Happened(scope.Event));
            return;
        }

        if (Signals.Of(signal, null) is not { } heard) return;
        foreach (var book in _books.Values)
        {
            if (book.Device is not { } device) continue;
            var concerned = signal.Kind == DeviceSignalKind.ContextChecked
                ? device.Uuid == signal.Uuid || (signal.Ok && device.MigMode && Find(signal.Uuid ?? "")?.Device?.ParentUuid == device.Uuid)
                : signal.Uuid is null || device.Uuid == signal.Uuid || device.ParentUuid == signal.Uuid;
            if (concerned) Step(book, heard);
        }
    }

    /// <summary>What the newest sweep read. Of MIG instances the driver says nothing: what it says of their GPU counts for them.</summary>
    public void Take(DeviceLoad load)
    {
        if (load.Reading is not { } reading || Find(load.Uuid) is not { Device: not null } book) return;
        var read = Signals.Read(reading, load.SampledAt);
        Step(book, read);
        if (!book.Device.MigMode) return;
        foreach (var instance in _books.Values)
        {
            if (instance.Device?.ParentUuid == load.Uuid) Step(instance, read);
        }
    }

    /// <summary>True when something changed since the last call; the states are up to date then.</summary>
    public bool TakeChange()
    {
        if (!_changed) return false;
        Rebuild();
        return true;
    }

    /// <summary>Why these devices are not granted; null when they are free.</summary>
    public Reply? WhyNot(Offer offer, NodeSpec spec, NodeId node)
    {
        var (demand, grants) = (offer.Run.Template.Demand, offer.Devices.OrEmpty());
        if (!demand.NeedsDevices && grants.IsEmpty) return null;
        for (var i = 0; i < grants.Length; i++)
        {
            for (var j = 0; j < i; j++)
            {
                if (grants[i].Uuid == grants[j].Uuid) return new Refused(RefusalCode.Invalid, $"Device {grants[i].Uuid} is named twice for attempt {offer.Attempt}.");
            }

            if (WhyNot(grants[i], node) is { } refusal) return refusal;
        }

        return DeviceMatch.Fills(demand, grants, spec)
            ? null
            : new Refused(RefusalCode.Invalid, $"Task {offer.Attempt.Task} asks {demand}; the {grants.Length} devices named on {node} are not that.");
    }

    public void Take(Grant grant)
    {
        foreach (var part in grant.Devices.OrEmpty()) BookOf(part, grant.GrantedAt).Take(part);
    }

    public void GiveBack(Grant grant, AttemptEndCause cause, DateTimeOffset now)
    {
        foreach (var part in grant.Devices.OrEmpty())
        {
            BookOf(part, now).GiveBack(part);
            var use = new DeviceUse(part.Uuid, grant.Attempt, part.ShareMilli, part.MemoryBytes, grant.GrantedAt, now, cause);
            Uses = Kept(Uses.Add(use), static u => u.Uuid, NodeRow.UsesKept);
        }
    }

    /// <summary>The device of a grant that has begun to drain or was lost since it was granted; null when all are as they were.</summary>
    public DeviceBook? FencedBy(Grant grant)
    {
        foreach (var part in grant.Devices.OrEmpty())
        {
            if (Find(part.Uuid) is { } book && part.DeviceEpoch < book.Epoch) return book;
        }

        return null;
    }

    private Reply? WhyNot(DeviceGrant asked, NodeId node)
    {
        if (Find(asked.Uuid) is not { Device: { } device } book)
        {
            return new Refused(RefusalCode.DoesNotFit, $"Node {node} has no device {asked.Uuid} now.");
        }

        if (asked.DeviceEpoch != book.Epoch) return new Stale($"epoch of device {asked.Uuid}", asked.DeviceEpoch.Value, book.Epoch.Value);
        if (!book.Health.Placeable)
        {
            return new Refused(RefusalCode.DoesNotFit, $"Device {asked.Uuid} of {node} is {book.Health.Phase}: {book.Health.Reason}");
        }

        if (device.MigMode) return new Refused(RefusalCode.DoesNotFit, $"Device {asked.Uuid} of {node} is split into MIG instances; only these are granted.");
        if (asked.ShareMilli is < 1 or > DeviceAsk.Whole || asked.MemoryBytes < 0)
        {
            return new Refused(RefusalCode.Invalid, $"{asked.ShareMilli} thousandths and {asked.MemoryBytes} bytes of device {asked.Uuid} cannot be granted.");
        }

        if (book.TakenMilli + asked.ShareMilli > DeviceAsk.Whole || book.TakenMemory + asked.MemoryBytes > device.MemoryBytes)
        {
            return new Refused(
                RefusalCode.DoesNotFit,
                $"Asked {asked.ShareMilli} thousandths and {asked.MemoryBytes >> 20} MiB of device {asked.Uuid} of {node}; "
                + $"{DeviceAsk.Whole - book.TakenMilli} and {(device.MemoryBytes - book.TakenMemory) >> 20} MiB are free.");
        }

        foreach (var other in _books.Values)
        {
            if (other.Holders == 0 || (other.Uuid != device.ParentUuid && other.Device?.ParentUuid != device.Uuid)) continue;
            return new Refused(RefusalCode.DoesNotFit, $"Device {asked.Uuid} of {node} overlaps {other.Uuid}, which {other.Holders} attempts hold.");
        }

        return null;
    }

    private void Meet(Device device, DateTimeOffset now)
    {
        if (!_books.TryGetValue(device.Uuid, out var book)) _books.Add(device.Uuid, book = new DeviceBook(device.Uuid, DeviceHealth.New(now)));
        book.Device = device;
    }

    /// <summary>A stored grant may name a device that no stored state names: it was granted by an activation that knew it.</summary>
    private DeviceBook BookOf(DeviceGrant grant, DateTimeOffset now)
    {
        if (!_books.TryGetValue(grant.Uuid, out var book))
        {
            _books.Add(grant.Uuid, book = new DeviceBook(grant.Uuid, DeviceHealth.New(now) with { Epoch = grant.DeviceEpoch.Value }));
        }

        return book;
    }

    private void Step(DeviceBook book, HealthSignal signal)
    {
        var next = HealthMachine.Handle(book.Health, signal, settings);
        var counted = next.ApplicationFaults != book.Health.ApplicationFaults;
        if (next.Phase != book.Health.Phase || next.Epoch != book.Health.Epoch) Turn(book, next);
        else book.Health = next;
        // Shown to whoever asks; written with the next change only.
        if (counted) States = [.. _books.Values.Select(b => b.State)];
    }

    private void Turn(DeviceBook book, DeviceHealth next)
    {
        book.Health = next;
        Turns = Kept(Turns.Add(new DeviceTurn(book.Uuid, next.Phase, book.Epoch, next.Since, next.Reason)), static t => t.Uuid, NodeRow.TurnsKept);
        _changed = true;
    }

    /// <summary>Without the oldest of the device that came last, when there are too many of it.</summary>
    private static ImmutableArray<T> Kept<T>(ImmutableArray<T> all, Func<T, string> uuidOf, int most)
    {
        var (uuid, count, oldest) = (uuidOf(all[^1]), 0, -1);
        for (var i = all.Length - 1; i >= 0; i--)
        {
            if (uuidOf(all[i]) == uuid) (count, oldest) = (count + 1, i);
        }

        return count > most ? all.RemoveAt(oldest) : all;
    }

    private void Rebuild()
    {
        _changed = false;
        States = [.. _books.Values.Select(b => b.State)];
        Troubled = [.. States.Where(s => s.Phase != DevicePhase.Healthy)];
        _slices = [.. _books.Values.Where(b => b.Device is not null).Select(b => b.Device!.Slice)];
    }
}
