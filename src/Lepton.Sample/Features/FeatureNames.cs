namespace Lepton.Sample.Features;

/// <summary>Names of the features, in the order of <see cref="FeatureRow.Features"/>.</summary>
internal static class FeatureNames
{
    /// <summary>The mean of ended tasks of the same shape: on its own, the estimate a scheduler without a model would use.</summary>
    public const string ShapeMean = "shape_mean";

    /// <summary>The same mean drawn towards that of wider groups where few tasks have ended: where boosting starts.</summary>
    public const string ShapeShrunk = "shape_shrunk";

    public static readonly string[] All =
    [
        "cpu_milli", "memory_mib", "gpus", "gpu_milli", "latency_sensitive", "best_effort",
        "hour", "weekday",
        "shape_ended", ShapeMean, ShapeShrunk, "shape_last", "shape_before_last", "shape_recent", "shape_deviation", "shape_failed_share",
        "shape_since_end", "shape_since_submit", "shape_open", "shape_open_age",
        "host_ended", "host_mean", "host_last", "host_recent", "host_open_age",
        "devices_ended", "devices_mean", "devices_recent",
        "all_recent", "all_open", "all_since_submit",
    ];
}
