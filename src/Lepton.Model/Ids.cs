using Orleans;

namespace Lepton.Model;

/// <summary>Name of a region, as configured: <c>us-east</c>. Also the ClusterId of the region's silos.</summary>
[GenerateSerializer, Immutable, Alias("RegionId")]
public readonly record struct RegionId([property: Id(0)] string Value) : IComparable<RegionId>
{
    public int CompareTo(RegionId other) => string.CompareOrdinal(Value, other.Value);

    public override string ToString() => Value;
}

/// <summary>A machine of a region, written <c>us-east/n01</c>.</summary>
[GenerateSerializer, Immutable, Alias("NodeId")]
public readonly record struct NodeId([property: Id(0)] RegionId Region, [property: Id(1)] string Name) : IComparable<NodeId>
{
    public int CompareTo(NodeId other)
    {
        var byRegion = Region.CompareTo(other.Region);
        return byRegion != 0 ? byRegion : string.CompareOrdinal(Name, other.Name);
    }

    public override string ToString() => $"{Region}/{Name}";

    /// <summary>Reads <c>region/name</c>.</summary>
    public static bool TryParse(string text, out NodeId id)
    {
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        id = slash > 0 && slash < text.Length - 1 ? new NodeId(new RegionId(text[..slash]), text[(slash + 1)..]) : default;
        return id.Name is not null;
    }
}

/// <summary>What is submitted. The owner region is part of the id: <c>us-east.01JDX7K9...</c></summary>
[GenerateSerializer, Immutable, Alias("JobId")]
public readonly record struct JobId([property: Id(0)] RegionId Owner, [property: Id(1)] string Key) : IComparable<JobId>
{
    public int CompareTo(JobId other)
    {
        var byOwner = Owner.CompareTo(other.Owner);
        return byOwner != 0 ? byOwner : string.CompareOrdinal(Key, other.Key);
    }

    public override string ToString() => $"{Owner}.{Key}";

    /// <summary>Reads <c>owner.key</c>.</summary>
    public static bool TryParse(string text, out JobId id)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        id = dot > 0 && dot < text.Length - 1 && !text.Contains('/', StringComparison.Ordinal)
            ? new JobId(new RegionId(text[..dot]), text[(dot + 1)..])
            : default;
        return id.Key is not null;
    }
}

/// <summary>The unit of placement: one index of a job, written <c>us-east.01JDX7K9.../17</c>.</summary>
[GenerateSerializer, Immutable, Alias("TaskId")]
public readonly record struct TaskId([property: Id(0)] JobId Job, [property: Id(1)] int Index) : IComparable<TaskId>
{
    public RegionId Owner => Job.Owner;

    public int CompareTo(TaskId other)
    {
        var byJob = Job.CompareTo(other.Job);
        return byJob != 0 ? byJob : Index.CompareTo(other.Index);
    }

    public override string ToString() => $"{Job}/{Index}";

    /// <summary>Reads <c>owner.key/index</c>.</summary>
    public static bool TryParse(string text, out TaskId id)
    {
        id = default;
        var slash = text.LastIndexOf('/');
        if (slash < 0 || !JobId.TryParse(text[..slash], out var job)) return false;
        if (!int.TryParse(text.AsSpan(slash + 1), System.Globalization.NumberStyles.None, null, out var index)) return false;
        id = new TaskId(job, index);
        return true;
    }
}

/// <summary>One run of a task, written <c>us-east.01JDX7K9.../17#2</c>. The number is the attempt epoch: it only grows.</summary>
[GenerateSerializer, Immutable, Alias("AttemptId")]
public readonly record struct AttemptId([property: Id(0)] TaskId Task, [property: Id(1)] int Number)
{
    public override string ToString() => $"{Task}#{Number}";
}

/// <summary>Who pays and who may see. <c>default</c> where an organisation has one tenant only.</summary>
[GenerateSerializer, Immutable, Alias("TenantId")]
public readonly record struct TenantId([property: Id(0)] string Value)
{
    public static readonly TenantId Default = new("default");

    public override string ToString() => Value;
}
