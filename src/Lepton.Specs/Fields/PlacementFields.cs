using Lepton.Model;

namespace Lepton.Specs;

/// <summary>The table of <c>placement</c>.</summary>
internal static class PlacementFields
{
    private static readonly EnumShape<ConstraintOperator> Operator = new(
        ("=", ConstraintOperator.Equal), ("!=", ConstraintOperator.NotEqual), (">", ConstraintOperator.Greater), (">=", ConstraintOperator.GreaterOrEqual),
        ("<", ConstraintOperator.Less), ("<=", ConstraintOperator.LessOrEqual), ("in", ConstraintOperator.In), ("notIn", ConstraintOperator.NotIn));

    public static readonly EnumShape<SpreadLevel> Level =
        new(("region", SpreadLevel.Region), ("zone", SpreadLevel.Zone), ("rack", SpreadLevel.Rack), ("node", SpreadLevel.Node));

    private static readonly ObjectShape<ConstraintDocument> Constraint =
        new ObjectShape<ConstraintDocument>(() => new(), "attribute", "operator", "value")
        .Field("attribute", Rules.LabelName, d => d.Attribute, (d, v) => d with { Attribute = v },
            "Attribute of the node.")
        .Field("operator", Operator, d => d.Operator, (d, v) => d with { Operator = v }, "How it is compared.")
        .Field("value", Rules.LabelValue, d => d.Value, (d, v) => d with { Value = v }, "With what.");

    private static readonly ObjectShape<SpreadDocument> Spread = new ObjectShape<SpreadDocument>(() => new(), "by")
        .Field("by", Level, d => d.By, (d, v) => d with { By = v }, "Level of failure domain.")
        .Field("count", new IntShape(1, 1_000), d => d.Count, (d, v) => d with { Count = v },
            "Number of domains: none takes more than its part of all tasks.")
        .Field("maxPerDomain", new IntShape(1, SpecLimits.Tasks), d => d.MaxPerDomain, (d, v) => d with { MaxPerDomain = v },
            "Tasks at most in one domain at a time.")
        .Field("maxSkew", new IntShape(1, SpecLimits.Tasks), d => d.MaxSkew, (d, v) => d with { MaxSkew = v },
            "Tasks that one domain may have at most more than the emptiest.");

    private static readonly EnumShape<LocalityMode> Mode = new(("prefer", LocalityMode.Prefer), ("require", LocalityMode.Require));

    private static readonly ObjectShape<NearDocument> Near = new ObjectShape<NearDocument>(() => new(), "by")
        .Field("tasks", Labels("labels"), d => d.Tasks, (d, v) => d with { Tasks = v },
            "Labels that these tasks carry; absent: the other tasks of the same job.")
        .Field("by", Level, d => d.By, (d, v) => d with { By = v }, "Level of failure domain.")
        .Field("mode", Mode, d => d.Mode, (d, v) => d with { Mode = v }, "A wish or a must. Default: require.");

    private static readonly ObjectShape<TolerationDocument> Toleration = new ObjectShape<TolerationDocument>(() => new(), "key")
        .Field("key", Rules.LabelName, d => d.Key, (d, v) => d with { Key = v }, "Key of the taint.")
        .Field("operator", new EnumShape<TolerationOperator>(("Equal", TolerationOperator.Equal), ("Exists", TolerationOperator.Exists)),
            d => d.Operator, (d, v) => d with { Operator = v }, "Equal: with this value. Exists: with any.")
        .Field("value", Rules.LabelValue, d => d.Value, (d, v) => d with { Value = v }, "Value of the taint; absent: any.")
        .Field("effect", new EnumShape<TaintEffect>(("NoSchedule", TaintEffect.NoSchedule), ("PreferNoSchedule", TaintEffect.PreferNoSchedule)),
            d => d.Effect, (d, v) => d with { Effect = v }, "Effect of the taint; absent: any.");

    private const decimal BytesPerGiB = 1L << 30;

    private static readonly ObjectShape<DataDocument> Data = new ObjectShape<DataDocument>(() => new(), "uri", "region") { Check = InputShape.OneSize }
        .Field("uri", new TextShape("an uri", SpecLimits.ShortChars, null), d => d.Uri, (d, v) => d with { Uri = v },
            "What it is, for people: the task reads it by itself, and any uri will do.")
        .Field("region", Rules.Region, d => d.Region, (d, v) => d with { Region = v }, "Where it lies.")
        .Field("size", Rules.InputSize, d => d.SizeBytes, (d, v) => d with { SizeBytes = v },
            "Size, such as 412GiB: where most lies counts most. Default: 1GiB.")
        .Field("sizeGiB", new DecimalShape("a number of GiB", 0, SpecLimits.InputBytes >> 30), _ => null,
            (d, v) => d with { SizeBytes = (long)(v * BytesPerGiB) }, "Size as a number of GiB; another way to write size.");

    private static readonly ObjectShape<DataLocalityDocument> DataLocality =
        new ObjectShape<DataLocalityDocument>(() => new(), "inputs")
        .Field("inputs", new ListShape<DataDocument>(Data, 1, SpecLimits.DataPlaces, "inputs"),
            d => d.Inputs, (d, v) => d with { Inputs = v }, "Data that the task reads by itself, and where they lie.")
        .Field("mode", Mode,
            d => d.Mode,
            (d, v) => d with { Mode = v }, "prefer: where most of it lies, while there is room. require: only where all of it lies. Default: prefer.")
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
        .Field("tolerations", new ListShape<TolerationDocument>(Toleration, 0, SpecLimits.Labels, "tolerations"),
            d => d.Tolerations,
            (d, v) => d with { Tolerations = v }, "Taints of nodes that do not keep the task away.")
        .Field("affinity", NearRules("affinities"), d => d.Affinity, (d, v) => d with { Affinity = v }, "Tasks to be near to.")
        .Field("antiAffinity", NearRules("anti-affinities"), d => d.AntiAffinity, (d, v) => d with { AntiAffinity = v },
            "Tasks to be away from.")
        .Field("spread", Spread, d => d.Spread, (d, v) => d with { Spread = v },
            "Over how many failure domains different tasks are spread.")
        .Field("dataLocality", DataLocality, d => d.DataLocality, (d, v) => d with { DataLocality = v },
            "Data the task should be near to.");

    public static MapShape<string> Labels(string what) =>
        new(Rules.LabelName, Rules.LabelValue, SpecLimits.Labels, what, sorted: true);

    private static OneOrListShape<NearDocument> NearRules(string what) => new(Near, SpecLimits.NearRules, what);

    private static ListShape<string> Regions(Shape<string> item, string what) =>
        new(item, 0, SpecLimits.Regions, what) { Unique = true };
}
