using System.Collections.Immutable;

namespace Lepton.Specs;

/// <summary>Where fields stand: the top level of each kind, or an entry of <c>tasks</c>.</summary>
internal enum SpecPlace
{
    Task,
    TaskArray,
    Gang,
    Job,
    JobTask,
}

/// <summary>
/// Which fields and values a server supports. Everything else that the format knows is refused by name, never ignored.
/// </summary>
internal sealed class Capabilities
{
    private static readonly ImmutableArray<string> Header =
        ["apiVersion", "kind", "name", "queue", "priority", "durability"];

    /// <summary>What a job may say once for all its tasks.</summary>
    private static readonly ImmutableArray<string> Inherited =
    [
        "labels", "run.workdir", "run.env", "resources.cpus", "resources.memory", "resources.accelerators", "resources.gpuMemory",
        "resources.fraction", "resources.mig", "resources.computeCapability", "resources.interconnect", "resources.isolation", "run.image", "placement.regions", "placement.ordered", "placement.avoid", "placement.nodeSelector",
        "placement.constraints.attribute", "placement.constraints.operator", "placement.constraints.value",
        "placement.tolerations.key", "placement.tolerations.operator", "placement.tolerations.value", "placement.tolerations.effect",
        "placement.affinity.tasks", "placement.affinity.by", "placement.affinity.mode",
        "placement.antiAffinity.tasks", "placement.antiAffinity.by", "placement.antiAffinity.mode",
        "placement.dataLocality.inputs.uri", "placement.dataLocality.inputs.region", "placement.dataLocality.inputs.size", "placement.dataLocality.inputs.sizeGiB", "placement.dataLocality.mode",
        "placement.spread.by", "placement.spread.count", "placement.spread.maxPerDomain", "placement.spread.maxSkew",
        "timeLimit", "startAfter", "deadline", "estimate.runtime", "retry.max", "retry.backoff", "retry.on", "preemption.graceSeconds",
        "preemption.preemptible",
    ];

    private static readonly ImmutableArray<string> Work =
        [.. Inherited, "run.handler", "run.command", "checkpoint.every", "outputs"];

    /// <summary>What holds for a job as a whole.</summary>
    private const string Residency = "placement.residency";

    private static readonly ImmutableArray<string> Gang = ["gang.size", "gang.sameRegion"];

    /// <summary>What this server supports.</summary>
    public static readonly Capabilities Server = new(
        new Dictionary<SpecPlace, ImmutableArray<string>>
        {
            [SpecPlace.Task] = [.. Header, Residency, .. Work],
            [SpecPlace.TaskArray] = [.. Header, Residency, "array.count", .. Work],
            [SpecPlace.Gang] = [.. Header, Residency, .. Gang, .. Work],
            [SpecPlace.Job] = [.. Header, Residency, "inputs.uri", "inputs.region", .. Inherited, "tasks"],
            [SpecPlace.JobTask] = ["name", "split.by", "split.of", "split.count", "grid", "dependsOn", .. Gang, .. Work],
        },
        new Dictionary<string, ImmutableArray<string>>
        {
            ["kind"] = ["Task", "TaskArray", "Gang", "Job"],
            ["durability"] = ["region"],
            ["run.handler"] = ["noop"],
            ["resources.interconnect"] = ["any", "nvlink"],
        });

    /// <summary>The whole format, for documents that are read but not submitted.</summary>
    public static readonly Capabilities All = new(null, new Dictionary<string, ImmutableArray<string>>());

    private static readonly Dictionary<SpecPlace, ImmutableArray<string>> RequiredNames = new()
    {
        [SpecPlace.Task] = ["apiVersion", "kind", "name", "run"],
        [SpecPlace.TaskArray] = ["apiVersion", "kind", "name", "array", "run"],
        [SpecPlace.Gang] = ["apiVersion", "kind", "name", "gang", "run"],
        [SpecPlace.Job] = ["apiVersion", "kind", "name", "tasks"],
        [SpecPlace.JobTask] = ["name", "run"],
    };

    private readonly Dictionary<SpecPlace, ImmutableArray<string>>? fields;
    private readonly Dictionary<SpecPlace, HashSet<string>> withParents = [];
    private readonly Dictionary<string, ImmutableArray<string>> values;

    private Capabilities(Dictionary<SpecPlace, ImmutableArray<string>>? fields, Dictionary<string, ImmutableArray<string>> values)
    {
        this.fields = fields;
        this.values = values;
        foreach (var (place, paths) in fields ?? [])
        {
            var set = withParents[place] = new HashSet<string>(StringComparer.Ordinal);
            foreach (var path in paths)
            {
                for (var end = path.Length; end > 0; end = path.LastIndexOf('.', end - 1)) set.Add(path[..end]);
            }
        }
    }

    /// <summary>True for a supported field and for the maps on the way to one.</summary>
    public bool Supports(SpecPlace place, string path) => fields is null || withParents[place].Contains(path);

    /// <summary>The only values supported at a path; empty = all.</summary>
    public ImmutableArray<string> ValuesOf(string path) => values.GetValueOrDefault(path, []);

    public static ImmutableArray<string> RequiredAt(SpecPlace place) => RequiredNames[place];

    /// <summary>All supported paths of a place; empty where everything is supported.</summary>
    public ImmutableArray<string> PathsAt(SpecPlace place) => fields?[place] ?? [];

    /// <summary>What to do with a field that is supported in another place; null where no place supports it.</summary>
    public string? ElsewhereHint(SpecPlace place, string path)
    {
        bool At(SpecPlace other) => other != place && Supports(other, path);
        return place switch
        {
            SpecPlace.JobTask when At(SpecPlace.Job) => "Maybe put it at the top level.",
            SpecPlace.Job when At(SpecPlace.JobTask) => "Maybe put it into the entries of tasks.",
            SpecPlace.JobTask => null,
            _ when At(SpecPlace.TaskArray) => "Maybe use kind: TaskArray.",
            _ when At(SpecPlace.Gang) => "Maybe use kind: Gang.",
            _ when At(SpecPlace.Job) => "Maybe use kind: Job.",
            _ when At(SpecPlace.JobTask) => "Maybe use kind: Job and put it into the entries of tasks.",
            _ => null,
        };
    }

    /// <summary>
    /// Full paths, as seen from the top level, of the fields with a name: where a field in the wrong place belongs.
    /// </summary>
    public IEnumerable<string> PathsNamed(SpecPlace place, string name)
    {
        if (fields is null) yield break;
        foreach (var path in Named(place, name)) yield return path;
        foreach (var path in place == SpecPlace.Job ? Named(SpecPlace.JobTask, name) : []) yield return "tasks[]." + path;
    }

    private IEnumerable<string> Named(SpecPlace place, string name) =>
        withParents[place].Where(p => IsNamed(p, name)).OrderBy(p => p.Length).ThenBy(p => p, StringComparer.Ordinal);

    /// <summary>What stands deeper than two levels is no home to a stray field: its name says too little.</summary>
    private static bool IsNamed(string path, string name) =>
        path.Count(c => c == '.') <= 1 && path.EndsWith(name, StringComparison.Ordinal) && (path.Length == name.Length || path[path.Length - name.Length - 1] == '.');
}
