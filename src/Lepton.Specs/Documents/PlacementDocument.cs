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

    /// <summary>Any shape, as canonical JSON.</summary>
    public string? Affinity { get; init; }

    /// <summary>Any shape, as canonical JSON.</summary>
    public string? AntiAffinity { get; init; }

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
}

/// <summary>Over how many failure domains different tasks are spread.</summary>
public sealed record SpreadDocument
{
    public SpreadLevel By { get; init; }

    public int? Count { get; init; }
}

/// <summary>Whether being near the data is a wish or a must.</summary>
public enum LocalityMode
{
    Prefer,
    Require,
}

/// <summary>Data that a task reads and what moving it may cost.</summary>
public sealed record DataLocalityDocument
{
    public ValueList<InputDocument>? Inputs { get; init; }

    public LocalityMode? Mode { get; init; }

    public decimal? MaxEgressUsd { get; init; }
}
