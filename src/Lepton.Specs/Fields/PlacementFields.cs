namespace Lepton.Specs;

/// <summary>The table of <c>placement</c>.</summary>
internal static class PlacementFields
{
    private static readonly EnumShape<ConstraintOperator> Operator = new(
        ("=", ConstraintOperator.Equal), ("!=", ConstraintOperator.NotEqual), (">", ConstraintOperator.Greater), (">=", ConstraintOperator.GreaterOrEqual),
        ("<", ConstraintOperator.Less), ("<=", ConstraintOperator.LessOrEqual), ("in", ConstraintOperator.In), ("notIn", ConstraintOperator.NotIn));

    public static readonly EnumShape<SpreadLevel> Level =
        new(("region", SpreadLevel.Region), ("zone", SpreadLevel.Zone), ("node", SpreadLevel.Node));

    private static readonly ObjectShape<ConstraintDocument> Constraint =
        new ObjectShape<ConstraintDocument>(() => new(), "attribute", "operator", "value")
        .Field("attribute", Rules.LabelName, d => d.Attribute, (d, v) => d with { Attribute = v },
            "Attribute of the node.")
        .Field("operator", Operator, d => d.Operator, (d, v) => d with { Operator = v }, "How it is compared.")
        .Field("value", Rules.LabelValue, d => d.Value, (d, v) => d with { Value = v }, "With what.");

    private static readonly ObjectShape<SpreadDocument> Spread = new ObjectShape<SpreadDocument>(() => new(), "by")
        .Field("by", Level, d => d.By, (d, v) => d with { By = v }, "Level of failure domain.")
        .Field("count", new IntShape(1, 1_000), d => d.Count, (d, v) => d with { Count = v }, "Number of domains.");

    private static readonly ObjectShape<DataLocalityDocument> DataLocality =
        new ObjectShape<DataLocalityDocument>(() => new())
        .Field("inputs", new ListShape<InputDocument>(new InputShape(), 0, SpecLimits.Inputs, "inputs"),
            d => d.Inputs, (d, v) => d with { Inputs = v }, "Data.")
        .Field("mode", new EnumShape<LocalityMode>(("prefer", LocalityMode.Prefer), ("require", LocalityMode.Require)),
            d => d.Mode,
            (d, v) => d with { Mode = v }, "A wish or a must.")
        .Field("maxEgressUsd", Rules.Usd, d => d.MaxEgressUsd, (d, v) => d with { MaxEgressUsd = v },
            "What moving the data may cost.");

    public static readonly ObjectShape<PlacementDocument> Shape = new ObjectShape<PlacementDocument>(() => new())
        .Field("regions", Regions(Rules.Region, "regions"), d => d.Regions, (d, v) => d with { Regions = v },
            "Regions the task may run in; absent or empty: all.")
        .Field("ordered", Rules.Flag, d => d.Ordered, (d, v) => d with { Ordered = v },
            "The list of regions is a preference.")
        .Field("residency", Regions(Rules.RegionPattern, "regions"),
            d => d.Residency, (d, v) => d with { Residency = v }, "The only regions in which the job may be: spec, rows, tasks, artifacts and logs. Regions, their residency labels, or patterns of both; of a job as a whole.")
        .Field("avoid", Regions(Rules.RegionOrNode, "regions and nodes"), d => d.Avoid, (d, v) => d with { Avoid = v },
            "Regions, or nodes as region/name, the task must not run on.")
        .Field("nodeSelector", Labels("labels"), d => d.NodeSelector, (d, v) => d with { NodeSelector = v },
            "Labels a node must carry.")
        .Field("constraints", new ListShape<ConstraintDocument>(Constraint, 0, SpecLimits.Labels, "constraints"),
            d => d.Constraints,
            (d, v) => d with { Constraints = v }, "Conditions on attributes of the node.")
        .Field("affinity", Rules.Any, d => d.Affinity, (d, v) => d with { Affinity = v }, "Tasks to be near to.")
        .Field("antiAffinity", Rules.Any, d => d.AntiAffinity, (d, v) => d with { AntiAffinity = v },
            "Tasks to be away from.")
        .Field("spread", Spread, d => d.Spread, (d, v) => d with { Spread = v },
            "Over how many failure domains different tasks are spread.")
        .Field("dataLocality", DataLocality, d => d.DataLocality, (d, v) => d with { DataLocality = v },
            "Data the task should be near to.");

    public static MapShape<string> Labels(string what) =>
        new(Rules.LabelName, Rules.LabelValue, SpecLimits.Labels, what, sorted: true);

    private static ListShape<string> Regions(Shape<string> item, string what) =>
        new(item, 0, SpecLimits.Regions, what) { Unique = true };
}
