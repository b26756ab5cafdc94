using System.Collections.Immutable;
using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Filters;
using Lepton.Scheduling.Placement.Granting;

namespace Lepton.Scheduling.Tests.Placement;

/// <summary>All filters together say what a person would: checked against the rules in plain words, for tasks and nodes of every kind.</summary>
public sealed class FiltersTests
{
    private static readonly ImmutableArray<string> Zones = ["a", "b"];

    private static readonly Gen<Device> Devices = Gen.Select(Gen.Int[0, 9], Gen.Int[0, 5], Gen.Int[-1, 1], Gen.Int[0, 999], (kind, model, island, number) =>
    {
        var (name, gib, major) = model % 2 == 0 ? ("H100", 80L, 9) : ("A100", 40L, 8);
        var device = Gpus.Of($"D{number}", name, gib, island < 0 ? null : island) with { ComputeCapability = new ComputeCapability(major, 0), Kind = kind == 0 ? DeviceKind.Tpu : DeviceKind.Gpu };
        return model == 4 ? device with { ParentUuid = "P", MigProfile = "3g.40gb", Island = null } : device;
    });

    private static readonly Gen<Machine> Machines = Gen.Select(
        Gen.Select(Gen.Int[1, 3], Gen.Int[1, 3], Gen.Int[0, 1], Gen.Int[0, 3]),
        Gen.Select(Gen.Int[0, 5], Gen.Int[0, 5], Gen.Bool, Gen.Bool, Gen.Bool),
        Gen.Select(Devices, Gen.Int[0, 6], Gen.Int[0, 4]).Array[0, 4],
        (size, state, devices) => new Machine(
            size.Item1, size.Item2, Zones[size.Item3], size.Item4 == 0, state.Item1 != 0, state.Item2 == 0, state.Item3, state.Item4,
            [.. devices.DistinctBy(d => d.Item1.Uuid).Select(d => (state.Item5 ? Alike(d.Item1) : d.Item1, d.Item2 != 0, d.Item3 switch { 0 => 1000, 1 => 500, _ => 0 }))]));

    private static readonly Gen<TaskTemplate> Templates = Gen.Select(
        Gen.Select(Gen.Int[0, 3], Gen.Int[0, 3], Gen.Int[0, 9], Gen.Int[0, 9]),
        Gen.Select(Gen.Int[0, 4], Gen.Int[0, 4], Gen.Int[0, 1], Gen.Int[0, 4]),
        Gen.Select(Gen.Int[0, 9], Gen.Int[0, 2], Gen.Int[1, 2], Gen.Int[0, 2], Gen.Int[0, 3], Gen.Int[0, 3]),
        Gen.Select(Gen.Int[0, 3], Gen.Bool, Gen.Int[0, 4], Gen.Int[0, 4], Gen.Bool),
        (size, rules, ask, more) => Template(size, rules, ask, more));

    /// <summary>Half of the nodes have one model only, on two islands: else what counts whole sets of devices would hardly ever matter.</summary>
    private static Device Alike(Device drawn) => Gpus.H100(0, (drawn.Island ?? 0) & 1) with { Uuid = drawn.Uuid };

    [Fact]
    public void Together_they_say_what_the_rules_say_in_plain_words() => Gen.Select(Templates, Machines).Sample((task, machine) => Agrees(task, machine, Placer.TurnedDownBy(Shape(task), Node(machine)) is null), iter: 20_000);

    public static TheoryData<string> All() => [.. PlacementPolicies.Filters.Where(f => f is not (Affinity or AntiAffinity or Spread)).Select(f => f.Name + (f is DeviceFilter ? " of devices" : "")).Distinct()];

    [Theory]
    [MemberData(nameof(All))]
    public void A_filter_that_is_forgotten_is_found(string forgotten) => Assert.ThrowsAny<Exception>(() => Gen.Select(Templates, Machines).Sample(
        (task, machine) => Agrees(task, machine, Without(forgotten, Shape(task), Node(machine))), iter: 80_000));          // the rarest matters in 1 of 3,000

    /// <summary>The same with one filter left out.</summary>
    private static bool Without(string forgotten, TaskShape shape, NodeEntry node)
    {
        var miss = shape.NeedsDevices ? DeviceFit.Judge(shape, node) : DeviceMiss.None;
        return PlacementPolicies.PlainFilters.All(f => f.Name == forgotten || !f.TurnsDown(shape, node)) && (miss == DeviceMiss.None || $"{miss} of devices" == forgotten);
    }

    private static void Agrees(TaskTemplate task, Machine machine, bool fits) =>
        Assert.True(MayRun(task, machine) == fits, $"{(fits ? "fits" : "does not fit")}: {task.Demand} on {machine} with {string.Join("; ", machine.Devices)}");

    /// <summary>The rules in plain words, written without a look at the filters.</summary>
    private static bool MayRun(TaskTemplate task, Machine machine)
    {
        if (!machine.Ready || machine.HeldBack) return false;
        if (!task.Regions.IsEmpty && !task.Regions.Contains(Some.East)) return false;
        if (task.Avoid.Contains(Nodes.Id(0).ToString())) return false;
        if (task.NodeSelector.TryGetValue("zone", out var zone) && zone != machine.Zone) return false;
        if (task.Constraints.Length > 0 && machine.Zone == "b") return false;
        if (machine.Tainted && task.Tolerations.IsEmpty) return false;
        if (task.Demand.Isolation != IsolationAbilities.None && !machine.HasCgroup) return false;
        if (task.Demand.Capacity.MilliCpu > machine.Cores * 1000 || task.Demand.Capacity.MemoryBytes > (long)machine.Gib << 30) return false;
        if (task.Demand.DeviceAsks() is not [var ask]) return true;
        if (ask.MinDriver == "575" && !machine.IsNewDriver) return false;
        if ((ask.Isolation & IsolationAbilities.Cgroup) != 0 && !machine.HasCgroup) return false;
        foreach (var alike in machine.Devices.Where(d => Suits(ask, d.Device)).GroupBy(d => (d.Device.Kind, d.Device.Model, d.Device.MigProfile)))
        {
            var usable = alike.Where(d => d.Healthy && HasFree(ask, d.Device, d.Held)).ToList();
            if (usable.Count < ask.Count) continue;
            if (!ask.OneIsland || ask.Count == 1) return true;
            if (usable.Where(d => d.Device.Island is not null).GroupBy(d => d.Device.Island).Any(island => island.Count() >= ask.Count)) return true;
        }

        return false;
    }

    private static bool Suits(DeviceAsk ask, Device device) =>
        device.Kind == ask.Kind
        && (ask.Models.IsEmpty || ask.Models.Contains(device.Model))
        && device.MigProfile == ask.MigProfile
        && device.MemoryBytes >= ask.MemoryBytes
        && (ask.MinComputeCapability is null || device.Model == "H100");

    private static bool HasFree(DeviceAsk ask, Device device, int held)
    {
        if (ask.ShareMilli == 1000) return held == 0;
        var memory = ask.MemoryBytes > 0 ? ask.MemoryBytes : device.MemoryBytes / 2;
        return held <= 500 && memory <= device.MemoryBytes - (device.MemoryBytes * held / 1000);
    }

    private static TaskTemplate Template((int Cores, int Gib, int Region, int Avoid) size, (int Selector, int Constraint, int Tolerates, int Isolation) rules, (int Device, int Model, int Count, int Share, int Memory, int Capability) ask, (int Driver, bool Island, int Mig, int Isolation, bool Tpu) more)
    {
        var isShare = ask.Share == 0 && more.Mig != 0;
        var wanted = new DeviceAsk
        {
            Kind = more.Tpu && ask.Device == 1 ? DeviceKind.Tpu : DeviceKind.Gpu,
            Models = ask.Model switch { 0 => [], 1 => ["H100"], _ => ["A100"] },
            Count = isShare || more.Mig == 0 ? 1 : ask.Count,
            ShareMilli = isShare ? 500 : 1000,
            MemoryBytes = ask.Memory == 0 ? 60 * Gpus.GiB : 0,
            MigProfile = more.Mig == 0 ? "3g.40gb" : null,
            OneIsland = more.Island,
            MinComputeCapability = ask.Capability == 0 ? new ComputeCapability(9, 0) : null,
            MinDriver = more.Driver == 0 ? "575" : null,
            Isolation = more.Isolation == 0 ? IsolationAbilities.Cgroup : IsolationAbilities.None,
        };
        return Some.Template() with
        {
            Demand = new Demand(new Capacity(size.Cores * 1000, (long)size.Gib << 30)) { Asks = ask.Device < 3 ? [] : [wanted], Isolation = rules.Isolation == 0 ? IsolationAbilities.Cgroup : IsolationAbilities.None },
            Regions = size.Region switch { 0 => [Some.West], 1 => [Some.East, Some.West], _ => [] },
            Avoid = size.Avoid switch { 0 => [Nodes.Id(0).ToString()], 1 => [Nodes.Id(7).ToString()], _ => [] },
            NodeSelector = rules.Selector == 0 ? ImmutableSortedDictionary<string, string>.Empty.Add("zone", "a") : ImmutableSortedDictionary<string, string>.Empty,
            Constraints = rules.Constraint == 0 ? [new NodeRule("zone", NodeRuleOperator.NotEqual, ["b"])] : [],
            Tolerations = rules.Tolerates == 0 ? [new Toleration("team", null, null)] : [],
        };
    }

    private static TaskShape Shape(TaskTemplate task) => TaskShape.Of(task, null, [Some.East, Some.West]);

    private static NodeEntry Node(Machine machine)
    {
        var ledger = new NodeLedger();
        var id = Nodes.Id(0);
        var held = machine.Devices.Where(d => d.Held > 0).Select((d, i) => new Held(Some.Attempt(1, i), Capacity.Zero) { Devices = [new DeviceGrant(d.Device.Uuid, Some.Epoch1, d.Held, d.Device.MemoryBytes * d.Held / 1000)] });
        var spec = Some.Node(machine.Cores * 1000, machine.Gib * 1024) with
        {
            Labels = ImmutableSortedDictionary<string, string>.Empty.Add("zone", machine.Zone),
            Taints = machine.Tainted ? [new Taint("team", "x", TaintEffect.NoSchedule)] : [],
            Devices = [.. machine.Devices.Select(d => d.Device)],
            DriverVersion = machine.IsNewDriver ? "580.65.06" : "570.10",
            Isolation = machine.HasCgroup ? IsolationAbilities.Cgroup : IsolationAbilities.None,
        };
        ledger.Apply(Specs.Says(id, 1, spec, machine.Ready ? NodePhase.Ready : NodePhase.Suspect, holds: [.. held]) with
        {
            Devices = [.. machine.Devices.Select(d => new DeviceState(d.Device.Uuid, d.Healthy ? DevicePhase.Healthy : DevicePhase.Lost, Some.Epoch1, MachineHarness.Start, null))],
        });
        if (machine.HeldBack) ledger.HoldBack(ledger.Nodes[0], "for somebody");
        return ledger.Nodes[0];
    }

    /// <summary>A node as drawn. Of each device: whether it is well, and how many thousandths of it are held.</summary>
    private sealed record Machine(
        int Cores, int Gib, string Zone, bool Tainted, bool Ready, bool HeldBack, bool IsNewDriver, bool HasCgroup, ImmutableArray<(Device Device, bool Healthy, int Held)> Devices);
}
