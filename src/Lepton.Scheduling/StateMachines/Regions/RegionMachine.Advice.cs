using System.Collections.Immutable;
using System.Globalization;
using Lepton.Model;
using Lepton.Scheduling.Explaining;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Queueing.FairShare;
using Lepton.Scheduling.Queueing.Preempting;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>The smallest changes of a request with which it would start now: each is tried on the picture as it is, none is guessed.</content>
/// <remarks>Cost: O(changes × nodes × filters); asked for by people, once per explanation. The ledger and the quotas are left as they were.</remarks>
public sealed partial class RegionMachine
{
    /// <summary>Changes told at most.</summary>
    private const int AdviceLimit = 3;

    /// <summary>What the request is, as far as changes of it go.</summary>
    private sealed record Wish(TaskId Task, TenantId Tenant, TaskTemplate Template, InputRef? Input, string Queue, int Priority, int Members, bool IsGuest);

    /// <summary>Those that would start it now, the smallest first.</summary>
    private List<string> Advice(TaskId task, Moment now)
    {
        if (_standing != Standing.Confirmed || WishOf(task) is not { } wish) return [];
        var found = new List<Change>();
        foreach (var change in Sizes(wish, now).Concat(OfDevices(wish, now)).Concat(OfPlaces(wish, now)).Concat(OfQueue(wish, now))) found.Add(change);
        return [.. found.OrderBy(c => c.Size).ThenBy(c => c.Words, StringComparer.Ordinal).Take(AdviceLimit).Select(c => c.Words)];
    }

    private Wish? WishOf(TaskId task)
    {
        var members = Math.Max(1, GangOf(task).Count());
        if (_queue.Find(task)?.Run is { } run) return new Wish(task, run.Tenant, run.Template, run.Input, run.Queue, run.Priority, members, true);
        if (_queue.Find(task.Job) is not { } job || !job.Has(task.Index)) return null;
        var group = job.GroupOf(task.Index).Group;
        return new Wish(task, job.Spec.Tenant, group.Template, group.InputOf(task.Index - group.First), job.Spec.Queue, job.Spec.Priority, members, false);
    }

    /// <summary>Less CPU and memory, by the node that comes nearest; fewer members.</summary>
    private IEnumerable<Change> Sizes(Wish wish, Moment now)
    {
        var asked = wish.Template.Demand.Capacity;
        (double Size, Capacity Left)? best = null;
        var bare = Shape(wish, wish.Template with { Demand = wish.Template.Demand with { Capacity = Capacity.Zero } });
        foreach (var left in bare.Allows(_self) ? LeftOn(bare, wish, asked) : [])
        {
            if (left.MilliCpu <= 0 || left.MemoryBytes <= 0 || left == asked) continue;
            var size = Change.Part(asked.MilliCpu, left.MilliCpu) + Change.Part(asked.MemoryBytes, left.MemoryBytes);
            if (best is null || size < best.Value.Size) best = (size, left);
        }

        if (best is { } smaller && Tried(wish, wish.Template with { Demand = wish.Template.Demand with { Capacity = smaller.Left } }, now) is { } where)
        {
            var words = new List<string>();
            if (smaller.Left.MilliCpu < asked.MilliCpu) words.Add($"{Cores(smaller.Left.MilliCpu)} cpus instead of {Cores(asked.MilliCpu)}");
            if (smaller.Left.MemoryBytes < asked.MemoryBytes) words.Add($"{Mebibytes(smaller.Left.MemoryBytes)} of memory instead of {Mebibytes(asked.MemoryBytes)}");
            yield return new(smaller.Size, $"ask for {string.Join(" and ", words)}: {where}");
        }

        for (var members = wish.Members - 1; members > 0; members--)
        {
            if (Tried(wish with { Members = members }, wish.Template, now) is not { } there) continue;
            yield return new(Change.Part(wish.Members, members), $"ask for {members} members instead of {wish.Members} (gang.size): {there}");
            break;
        }
    }

    /// <summary>What of the asked size each node has left that nothing else speaks against, and the queue too.</summary>
    private IEnumerable<Capacity> LeftOn(TaskShape bare, Wish wish, Capacity asked)
    {
        var queue = _desk.Find(wish.Queue);
        if (queue < 0) yield break;
        var cpu = Math.Min(asked.MilliCpu, QuotaFor(queue, ResourceKinds.Cpu, wish.Members));
        var memory = Math.Min(asked.MemoryBytes, QuotaFor(queue, ResourceKinds.Memory, wish.Members));
        foreach (var node in _ledger.Nodes)
        {
            if (Placer.TurnedDownBy(bare, node) is null) yield return new Capacity(Math.Min(cpu, node.Free.MilliCpu), Math.Min(memory, node.Free.MemoryBytes));
        }
    }

    private long QuotaFor(int queue, int kind, int members) => _desk.Quotas.Available(queue, kind) is var free && free == QuotaBook.Unlimited ? free : Math.Max(0, free) / members;

    private IEnumerable<Change> OfDevices(Wish wish, Moment now)
    {
        var asks = wish.Template.Demand.DeviceAsks();
        if (asks.Length == 0) yield break;
        var counts = asks.Max(a => a.Count);
        for (var count = counts - 1; count > 0; count--)
        {
            if (With(wish, a => a with { Count = Math.Min(a.Count, count), MaxCount = 0 }, now) is not { } where) continue;
            yield return new(Change.Part(counts, count), $"ask for {count} {asks[0].Kind.ToString().ToUpperInvariant()} instead of {counts} (resources.accelerators): {where}");
            break;
        }

        if (asks[0].IsShare)
        {
            var share = asks.Max(a => a.ShareMilli);
            for (var less = ((share - 1) / 50) * 50; less > 0; less -= 50)
            {
                if (With(wish, a => a with { ShareMilli = Math.Min(a.ShareMilli, less) }, now) is not { } where) continue;
                yield return new(Change.Part(share, less), string.Create(CultureInfo.InvariantCulture, $"ask for a fraction of {less / 1000.0:0.###} instead of {share / 1000.0:0.###} (resources.fraction): {where}"));
                break;
            }
        }

        if (asks.Any(a => a.MemoryBytes > 0))
        {
            var most = asks.Max(a => a.MemoryBytes);
            foreach (var less in _ledger.Nodes.SelectMany(n => n.Devices.Groups).Select(g => g.Looks.MemoryBytes).Where(m => m > 0 && m < most).Distinct().OrderDescending())
            {
                if (With(wish, a => a with { MemoryBytes = Math.Min(a.MemoryBytes, less) }, now) is not { } where) continue;
                yield return new(Change.Part(most, less), $"ask for {Mebibytes(less)} of device memory instead of {Mebibytes(most)} (resources.gpuMemory): {where}");
                break;
            }
        }

        if (asks.Any(a => !a.Models.IsDefaultOrEmpty))
        {
            foreach (var model in _ledger.Nodes.SelectMany(n => n.Devices.Groups).Select(g => g.Looks.Model).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal))
            {
                if (asks.Any(a => a.Models.OrEmpty().Contains(model, StringComparer.OrdinalIgnoreCase)) || With(wish, a => a with { Models = [model] }, now) is not { } where) continue;
                yield return new(Change.OtherModel, $"allow {model} too (resources.accelerators): {where}");
                break;
            }
        }

        if (asks.Any(a => a.OneIsland) && With(wish, a => a with { OneIsland = false }, now) is { } apart) yield return new(Change.Interconnect, $"ask for any interconnect (resources.interconnect): {apart}");
        if (asks.Any(a => a.MinComputeCapability is not null) && With(wish, a => a with { MinComputeCapability = null }, now) is { } older) yield return new(Change.OtherModel, $"ask for no compute capability: {older}");
        if (asks.Any(a => a.MinDriver is not null) && With(wish, a => a with { MinDriver = null }, now) is { } driver) yield return new(Change.Rule, $"ask for no driver version: {driver}");
    }

    /// <summary>Labels, conditions, places that it avoids, regions.</summary>
    private IEnumerable<Change> OfPlaces(Wish wish, Moment now)
    {
        var template = wish.Template;
        foreach (var label in template.NodeSelector.Keys)
        {
            if (Tried(wish, template with { NodeSelector = template.NodeSelector.Remove(label) }, now) is { } where) yield return new(Change.Rule, $"leave out the label {label} (placement.nodeSelector): {where}");
        }

        foreach (var rule in template.Constraints.OrEmpty())
        {
            if (Tried(wish, template with { Constraints = template.Constraints.Remove(rule) }, now) is { } where) yield return new(Change.Rule, $"leave out the condition {rule} (placement.constraints): {where}");
        }

        foreach (var place in template.Avoid.OrEmpty())
        {
            if (Tried(wish, template with { Avoid = template.Avoid.Remove(place) }, now) is { } where) yield return new(Change.Rule, $"do not avoid {place} (placement.avoid): {where}");
        }

        for (var i = 0; i < template.Affinity.OrEmpty().Length; i++)
        {
            var rule = template.Affinity[i];
            if (!rule.Preferred && Tried(wish, template with { Affinity = template.Affinity.RemoveAt(i) }, now) is { } where) yield return new(Change.Rule, $"let it run away from {rule.Whom} (placement.affinity by {Level(rule.By)}): {where}");
        }

        for (var i = 0; i < template.AntiAffinity.OrEmpty().Length; i++)
        {
            var rule = template.AntiAffinity[i];
            if (!rule.Preferred && Tried(wish, template with { AntiAffinity = template.AntiAffinity.RemoveAt(i) }, now) is { } where) yield return new(Change.Rule, $"let it run beside {rule.Whom} (placement.antiAffinity by {Level(rule.By)}): {where}");
        }

        if (template.Spread is { } spread && Tried(wish, template with { Spread = null }, now) is { } dense) yield return new(Change.Rule, $"do not spread it over {Level(spread.By)}s (placement.spread): {dense}");
        foreach (var taint in _ledger.Nodes.SelectMany(n => n.Spec?.Taints.OrEmpty() ?? []).Where(t => t.Effect == TaintEffect.NoSchedule && !template.Tolerations.OrEmpty().Any(o => o.Tolerates(t))).Distinct().Order())
        {
            if (Tried(wish, template with { Tolerations = template.Tolerations.OrEmpty().Add(new Toleration(taint.Key, taint.Value, taint.Effect)) }, now) is { } where) yield return new(Change.Rule, $"tolerate {taint} (placement.tolerations): {where}");
        }

        if (!wish.IsGuest && template.DataRequired && Tried(wish, template with { DataRequired = false }, now) is { } away) yield return new(Change.OtherRegion, $"let it run away from its data (placement.dataLocality.mode: prefer): {away}");
        if (wish.IsGuest || template.Regions.IsDefaultOrEmpty) yield break;
        foreach (var region in _settings.Fleet.Where(r => !template.Regions.Contains(r)).Order())
        {
            if (Tried(wish, template with { Regions = template.Regions.Add(region), RegionsOrdered = false }, now) is { } where) yield return new(Change.OtherRegion, $"allow {region} (placement.regions): {where}");
        }
    }

    /// <summary>Another queue, a higher priority, or a time limit short enough to run in front of a reservation.</summary>
    private IEnumerable<Change> OfQueue(Wish wish, Moment now)
    {
        foreach (var queue in _desk.Tree.Queues.Select(_desk.Tree.NameOf).Where(name => name != wish.Queue).Order(StringComparer.Ordinal))
        {
            if (Tried(wish with { Queue = queue }, wish.Template, now) is not { } where) continue;
            yield return new(Change.OtherQueue, $"submit it to queue {queue}: {where}");
            break;
        }

        if (Shape(wish, wish.Template) is not { } shape || !shape.Allows(_self) || _desk.Find(wish.Queue) is not (>= 0 and var number)) yield break;
        if (LowestPriority(wish, shape, number, now) is { } raise) yield return raise;
        if (wish.Members > 1 || _desk.Quotas.Shortage(number, _desk.AmountsOf(shape)) >= 0) yield break;
        long longest = 0;
        foreach (var node in _ledger.Nodes.Where(n => n.HeldFor is not null && !_standby.IsHeld(n.Number)))
        {
            var start = _rooms.HoldersOn(node.Number).Select(h => _rooms.TryGet(h, out var room) ? room.Start : 0).DefaultIfEmpty().Min();
            if (start > now.At.Ticks + longest && FitsBehind(shape, node) && _rooms.Admits(node.Number, _desk.AmountsOf(shape), now.At.Ticks, start, _times)) longest = start - now.At.Ticks;
        }

        if (longest >= TimeSpan.TicksPerSecond)
        {
            yield return new(Change.TimeLimit, $"give it a timeLimit of {Wording.Seconds(TimeSpan.FromTicks(longest))} at most: it runs in front of what is reserved, at once");
        }
    }

    /// <summary>The lowest priority at which others of its queue would be put off for it.</summary>
    private Change? LowestPriority(Wish wish, TaskShape shape, int queue, Moment now)
    {
        var running = Running();
        foreach (var priority in running.Where(r => r.Queue == queue && r.Priority >= wish.Priority && r.Priority < 100).Select(r => r.Priority + 1).Distinct().Order())
        {
            var nodes = _ledger.Nodes.Where(n => n.Phase == NodePhase.Ready && !n.IsResting && n.HeldFor is null && OwnRegion.CouldEverFit(shape, n)).Select(n => (n.Number, _times.FreeOn(n))).ToList();
            var preemptor = new Preemptor(queue, priority, Times(_desk.AmountsOf(shape), wish.Members), wish.Members) { Limits = LimitsBeside(shape, wish.Task, now) };
            if (_search.Find(preemptor, running, nodes, _desk.Totals, now.At) is not { Tasks.Count: > 0 } found) continue;
            var where = string.Join(", ", found.Pieces.Take(3).Select(p => _ledger.Nodes[p.Node].Id));
            return new(
                Change.Part(100, 100 - (priority - wish.Priority)) + Change.Priority,
                $"raise its priority from {wish.Priority} to {priority}: {Wording.Count(found.Tasks.Sum(t => Math.Max(1, t.Members.Count)), "task")} of {where}{(found.Pieces.Length > 3 ? ", ..." : "")} would be put off for {(wish.Members > 1 ? "its gang" : "it")}");
        }

        return null;
    }

    private string? With(Wish wish, Func<DeviceAsk, DeviceAsk> change, Moment now) => Tried(
        wish, wish.Template with { Demand = wish.Template.Demand with { Asks = [.. wish.Template.Demand.DeviceAsks().Select(change)] } }, now);

    private TaskShape Shape(Wish wish, TaskTemplate template)
    {
        var shape = wish.IsGuest ? TaskShape.OfGuest(template, _self) : TaskShape.Of(template, wish.Input, _settings.Fleet);
        return _near.IsOn ? _near.AsIf(shape, wish.Tenant, wish.Task.Job, template) : template.IsGang ? _near.OfGang(shape) : shape;
    }

    private static string Level(DomainLevel level) => level.ToString().ToLowerInvariant();

    /// <summary>Where it would start now if it asked for this; null: nowhere.</summary>
    private string? Tried(Wish wish, TaskTemplate template, Moment now)
    {
        var shape = Shape(wish, template);
        if (_desk.Find(wish.Queue) is not (>= 0 and var queue)) return null;
        if (shape.Allows(_self) && _desk.Quotas.Shortage(queue, Times(_desk.AmountsOf(shape), wish.Members)) < 0)
        {
            var asker = new Asker(wish.Task, queue, wish.Priority, default, null, BoundOf(template, null), now.At, false);
            var keepers = KeptFrom(shape, asker, EndOf(asker, now), now);
            if (wish.Members > 1 && keepers is null && FittingTogether(shape, wish.Tenant, template with { GangSize = wish.Members }, wish.Task.Job) == wish.Members) return $"they start in {_self} now";
            if (wish.Members == 1 && _ledger.Nodes.FirstOrDefault(n => (n.HeldFor is null ? Placer.TurnedDownBy(shape, n) is null : IsOpenTo(wish.Task, n) && FitsBehind(shape, n)) && MayStandOn(n, keepers)) is { } node) return $"it starts on {node.Id} now";
        }

        if (wish.IsGuest) return null;
        foreach (var peer in _peers.Fleet)
        {
            if (shape.Allows(peer.Region) && PeerBook.MaySuit(peer, shape, wish.Members) && _peers.HasRoom(peer, shape.Demand, wish.Members, now.At)) return $"by its word {peer.Region} has room now";
        }

        return null;
    }

    /// <summary>It has the room, though that is held for others.</summary>
    private static bool FitsBehind(TaskShape shape, NodeEntry node)
    {
        var heldFor = node.HeldFor;
        node.HeldFor = null;
        var fits = Placer.TurnedDownBy(shape, node) is null;
        node.HeldFor = heldFor;
        return fits;
    }

    private static string Cores(long milliCpu) => string.Create(CultureInfo.InvariantCulture, $"{milliCpu / 1000.0:0.###}");

    private static string Mebibytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(bytes / 104857.6) / 10:0.#} MiB");
}
