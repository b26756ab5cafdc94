using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.Queueing;

/// <summary>
/// One object for what many queued jobs say alike: people submit the same spec a thousand times, and each arrives as a copy of its own.
/// </summary>
/// <remarks>
/// Collections are made the same object first, by their content; then a record equals another by all its members, also by those that are added
/// later: what is not shared here is not equal, and is kept as it is. A name of its own makes no spec another one: it stands beside
/// (<see cref="QueuedJob.Name"/>). Bounded: a full pool begins anew.
/// </remarks>
internal sealed class SharedSpecs
{
    private const int PoolLimit = 4096;

    /// <summary>Longer lists and maps are rarely alike and dear to compare.</summary>
    private const int ItemsLimit = 64;

    private const char Break = '\0';

    /// <summary>Stands where a group is named like its job.</summary>
    public const string NameOfJob = "\0";

    private readonly Dictionary<string, string> _texts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableArray<string>> _lists = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImmutableSortedDictionary<string, string>> _maps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, RetryPolicy> _retries = new(StringComparer.Ordinal);
    private readonly Dictionary<Demand, Demand> _demands = [];
    private readonly Dictionary<TaskTemplate, TaskTemplate> _templates = [];
    private readonly Dictionary<TaskGroup, TaskGroup> _groups = [];
    private readonly Dictionary<TaskGroup, ImmutableArray<TaskGroup>> _alone = [];
    private readonly Dictionary<JobSpec, JobSpec> _specs = [];

    /// <summary>The spec as a region needs it: without its name and the text it was made from, its parts shared with equal specs.</summary>
    public JobSpec Of(JobSpec spec)
    {
        if (spec.Groups.Length != 1) return spec with { Name = "", Source = "" };
        return One(_specs, spec with
        {
            Name = "",
            Kind = Text(spec.Kind),
            Tenant = new TenantId(Text(spec.Tenant.Value)),
            Labels = Map(spec.Labels),
            Queue = Text(spec.Queue),
            Groups = Alone(Group(spec.Groups[0], spec.Name)),
            Source = "",
        });
    }

    /// <summary>In a pool of its own: where each job has its own name, they drive nothing else out.</summary>
    public string Name(string name) => _names.TryGetValue(name, out var known) ? known : Put(_names, name, name);

    private ImmutableArray<TaskGroup> Alone(TaskGroup group)
    {
        if (_alone.TryGetValue(group, out var known)) return known;
        return Put(_alone, group, [group]);
    }

    private TaskGroup Group(TaskGroup group, string job) => One(_groups, group with
    {
        Name = group.Name == job ? NameOfJob : Text(group.Name),
        Template = Template(group.Template, job),
        Inputs = group.Inputs.IsDefaultOrEmpty ? [] : group.Inputs,
        GridRows = group.GridRows.IsDefaultOrEmpty ? [] : group.GridRows,
        DependsOn = List(group.DependsOn),
    });

    private TaskTemplate Template(TaskTemplate template, string job) => One(_templates, template with
    {
        Group = template.Group == job ? NameOfJob : Text(template.Group),
        Demand = One(_demands, template.Demand),
        Retry = Retry(template.Retry),
        Command = List(template.Command),
        Env = Map(template.Env),
        Regions = template.Regions.IsDefaultOrEmpty ? [] : template.Regions,
        Avoid = List(template.Avoid),
        Outputs = List(template.Outputs),
        Labels = Map(template.Labels),
        NodeSelector = Map(template.NodeSelector),
        Constraints = template.Constraints.IsDefaultOrEmpty ? [] : template.Constraints,
        Tolerations = template.Tolerations.IsDefaultOrEmpty ? [] : template.Tolerations,
        Affinity = template.Affinity.IsDefaultOrEmpty ? [] : template.Affinity,
        AntiAffinity = template.AntiAffinity.IsDefaultOrEmpty ? [] : template.AntiAffinity,
    });

    private RetryPolicy Retry(RetryPolicy policy)
    {
        var key = $"{policy.Max}{Break}{policy.Backoff.Ticks}{Break}{string.Join(Break, policy.On.OrEmpty())}";
        return _retries.TryGetValue(key, out var known) ? known : Put(_retries, key, policy);
    }

    private string Text(string text) => _texts.TryGetValue(text, out var known) ? known : Put(_texts, text, text);

    private ImmutableArray<string> List(ImmutableArray<string> list)
    {
        if (list.IsDefaultOrEmpty) return [];
        if (list.Length > ItemsLimit) return list;
        var key = string.Join(Break, list);
        return _lists.TryGetValue(key, out var known) && known.AsSpan().SequenceEqual(list.AsSpan()) ? known : Put(_lists, key, list);
    }

    private ImmutableSortedDictionary<string, string> Map(ImmutableSortedDictionary<string, string> map)
    {
        if (map.IsEmpty) return ImmutableSortedDictionary<string, string>.Empty;
        if (map.Count > ItemsLimit) return map;
        var key = string.Join(Break, map.Select(pair => $"{pair.Key}{Break}{pair.Value}"));
        return _maps.TryGetValue(key, out var known) && known.SequenceEqual(map) ? known : Put(_maps, key, map);
    }

    private static T One<T>(Dictionary<T, T> pool, T value)
        where T : notnull => pool.TryGetValue(value, out var known) ? known : Put(pool, value, value);

    private static TValue Put<TKey, TValue>(Dictionary<TKey, TValue> pool, TKey key, TValue value)
        where TKey : notnull
    {
        if (pool.Count >= PoolLimit) pool.Clear();
        pool[key] = value;
        return value;
    }
}
