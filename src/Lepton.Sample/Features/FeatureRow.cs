using Lepton.Sample.Data;

namespace Lepton.Sample.Features;

/// <summary>One example: what was known at submission, and how long the task then took, as ln(1 + seconds).</summary>
internal sealed record FeatureRow(Part Part, string Shape, float[] Features, double Target);
