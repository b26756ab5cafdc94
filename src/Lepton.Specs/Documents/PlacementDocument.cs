using Lepton.Model;

namespace Lepton.Specs;

/// <summary>Where a task may, should or must not run.</summary>
public sealed record PlacementDocument
{
    /// <summary>Empty or null = all.</summary>
    public ValueList<string>? Regions { get; init; }

    /// <summary>The list of regions is a preference, first best.</summary>
    public bool? Ordered { get; init; }

    /// <summary>Regions or patterns (<c>eu-*</c>) that all data must stay in.</summary>
    public ValueList<string>? Residency { get; init; }

    /// <summary>Regions or nodes (<c>region/name</c>).</summary>
    public ValueList<string>? Avoid { get; init; }

    public ValueList<Named<string>>? NodeSelector { get; init; }

    public ValueList<ConstraintDocument>? Constraints { get; init; }

    public ValueList<TolerationDocument>? Tolerations { get; init; }

    /// <summary>All of them hold.</summary>
    public ValueList<NearDocument>? Affinity { get; init; }

    /// <summary>All of them hold.</summary>
    public ValueList<NearDocument>? AntiAffinity { get; init; }

    public SpreadDocument? Spread { get; init; }

    public DataLocalityDocument? DataLocality { get; init; }
}

/// <summary>How an attribute of a node is compared.</summary>
public enum ConstraintOperator
{
    Equal,
    NotEqual,
    Greater,
    GreaterOrEqual,
    Less,
    LessOrEqual,
    In,
    NotIn,
}

/// <summary>A condition on an attribute of a node.</summary>
public sealed record ConstraintDocument
{
    public string Attribute { get; init; } = "";

    public ConstraintOperator Operator { get; init; }

    public string Value { get; init; } = "";
}

/// <summary>A level of failure domain.</summary>
public enum SpreadLevel
{
    Region,
    Zone,
    Node,
    Rack,
}

/// <summary>How the value of a taint is compared.</summary>
public enum TolerationOperator
{
    Equal,
    Exists,
}

/// <summary>Taints that do not keep a task away.</summary>
public sealed record TolerationDocument
{
    public string Key { get; init; } = "";

    public TolerationOperator? Operator { get; init; }

    /// <summary>Null = any.</summary>
    public string? Value { get; init; }

    /// <summary>Null = any.</summary>
    public TaintEffect? Effect { get; init; }
}

/// <summary>Tasks to be near to, or away from.</summary>
public sealed record NearDocument
{
    /// <summary>Labels that they carry; null: the other tasks of the same job.</summary>
    public ValueList<Named<string>>? Tasks { get; init; }

    public SpreadLevel By { get; init; }

    /// <summary>Null = require.</summary>
    public LocalityMode? Mode { get; init; }
}

/// <summary>Over how many failure domains different tasks are spread.</summary>
public sealed record SpreadDocument
{
    public SpreadLevel By { get; init; }

    /// <summary>Domains over which the tasks are spread at least, when all of them run.</summary>
    public int? Count { get; init; }

    public int? MaxPerDomain { get; init; }

    public int? MaxSkew { get; init; }
}

/// <summary>Whether being near the data is a wish or a must.</summary>
public enum LocalityMode
{
    Prefer,
    Require,
}

/// <summary>Data that a task reads by itself: Lepton moves nothing of it, and need not know how it is read.</summary>
public sealed record DataDocument
{
    public string Uri { get; init; } = "";

    public string Region { get; init; } = "";

    public long? SizeBytes { get; init; }
}

/// <summary>Data that a task reads and what moving it may cost.</summary>
public sealed record DataLocalityDocument
{
    public ValueList<DataDocument>? Inputs { get; init; }

    public LocalityMode? Mode { get; init; }

    public decimal? MaxEgressUsd { get; init; }
}
