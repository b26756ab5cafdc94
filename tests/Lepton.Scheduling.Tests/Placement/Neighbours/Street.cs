using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Neighbours;

namespace Lepton.Scheduling.Tests.Placement.Neighbours;

/// <summary>A few nodes with zones and racks, tasks that come and go, and the rules asked anew of a plain list.</summary>
internal sealed class Street
{
    private readonly NodeLedger _ledger = new();
    private readonly Placer _placer = new();
    private readonly Neighbourhood _book;
    private readonly List<(TaskId Task, TaskTemplate Template, NodeEntry Node)> _placed = [];
    private int _next;

    /// <param name="cores">Of each node.</param>
    /// <param name="zones">Of each node; empty: it has none.</param>
    public Street(int[] cores, string[] zones)
    {
        _book = new Neighbourhood(Some.East, _ledger);
        for (var i = 0; i < cores.Length; i++) Join(i, cores[i], zones[i]);
        _book.Start();
    }

    public NodeLedger Ledger => _ledger;

    public Neighbourhood Book => _book;

    public IReadOnlyList<(TaskId Task, TaskTemplate Template, NodeEntry Node)> Placed => _placed;

    public void Join(int number, int cores, string zone, long version = 1)
    {
        var labels = ImmutableSortedDictionary<string, string>.Empty;
        if (zone.Length > 0) labels = labels.Add("zone", zone).Add("rack", $"r{number % 2}");
        _ledger.Apply(Specs.Says(Nodes.Id(number), version, new NodeSpec(Some.Cpus(cores * 1000, 65536), [], labels, "1.0")));
    }

    public static JobId Job(int number) => new(Some.East, $"job{number}");

    public TaskShape Shape(int job, TaskTemplate template) => _book.Of(TaskShape.Of(template, null, [Some.East]), TenantId.Default, Job(job), template);

    public NodeEntry? Pick(int job, TaskTemplate template) => _placer.Pick(Shape(job, template), _ledger);

    /// <summary>Picks and places.</summary>
    public NodeEntry? Place(int job, TaskTemplate template)
    {
        if (Pick(job, template) is not { } node) return null;
        Put(job, template, node);
        return node;
    }

    public void Put(int job, TaskTemplate template, NodeEntry node)
    {
        var task = new TaskId(Job(job), _next++);
        _ledger.Offer(task, 0, node.Id, template.Demand.Capacity);
        _book.Enter(task, TenantId.Default, template, node, Some.East);
        _placed.Add((task, template, node));
    }

    public void Remove(int at)
    {
        _ledger.Unoffer(_placed[at].Task);
        _book.Leave(_placed[at].Task);
        _placed.RemoveAt(at);
    }

    /// <summary>By the meaning of the rules, from nothing but the list of what is placed.</summary>
    public bool May(int job, TaskTemplate template, NodeEntry node)
    {
        if (!node.Free.Fits(template.Demand.Capacity)) return false;
        foreach (var rule in template.AntiAffinity)
        {
            if (!rule.Preferred && (Domain(node, rule.By) is null || _placed.Exists(p => IsAbout(rule, job, p.Task.Job, p.Template) && Same(p.Node, node, rule.By)))) return false;
        }

        foreach (var (task, theirs, there) in _placed)
        {
            var number = int.Parse(task.Job.Key["job".Length..], System.Globalization.CultureInfo.InvariantCulture);
            if (theirs.AntiAffinity.Any(rule => !rule.Preferred && IsAbout(rule, number, Job(job), template) && Same(there, node, rule.By))) return false;
        }

        foreach (var rule in template.Affinity)
        {
            if (rule.Preferred) continue;
            if (Domain(node, rule.By) is null) return false;
            var whom = _placed.Where(p => IsAbout(rule, job, p.Task.Job, p.Template)).ToList();
            var isFirst = whom.Count == 0 && IsAbout(rule, job, Job(job), template);
            if (!isFirst && !whom.Exists(p => Same(p.Node, node, rule.By))) return false;
        }

        if (template.Spread is not { } spread || (spread.MaxPerDomain == 0 && spread.MaxSkew == 0)) return true;
        if (Domain(node, spread.By) is null) return false;
        int In(NodeEntry n) => _placed.Count(p => p.Task.Job == Job(job) && p.Template.Group == template.Group && Same(p.Node, n, spread.By));
        if (spread.MaxPerDomain > 0 && In(node) + 1 > spread.MaxPerDomain) return false;
        var open = _ledger.Nodes.Where(n => n.Total.Fits(template.Demand.Capacity) && Domain(n, spread.By) is not null).Select(In).ToList();
        return spread.MaxSkew == 0 || open.Count == 0 || In(node) + 1 - open.Min() <= spread.MaxSkew;
    }

    private static bool IsAbout(NearRule rule, int job, JobId other, TaskTemplate template) =>
        rule.Tasks is null ? other == Job(job) : rule.Tasks.All(l => template.Labels.GetValueOrDefault(l.Key) == l.Value);

    private static bool Same(NodeEntry a, NodeEntry b, DomainLevel by) => Domain(a, by) is { } one && one == Domain(b, by);

    private static string? Domain(NodeEntry node, DomainLevel by) => by switch
    {
        DomainLevel.Node => node.Id.Name,
        DomainLevel.Region => node.Id.Region.Value,
        _ => node.Spec!.Labels.GetValueOrDefault(by == DomainLevel.Zone ? "zone" : "rack"),
    };
}
