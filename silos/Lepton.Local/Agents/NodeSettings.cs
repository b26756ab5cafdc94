using System.Text.RegularExpressions;
using Lepton.Model;

namespace Lepton.Local.Agents;

/// <summary>
/// Labels and taints of the local nodes as a person gives them: <c>zone=a</c> for every node, <c>n01:zone=a</c> for one of each region,
/// <c>us-east/n01:zone=a</c> for that one; of two labels with one key the narrower counts.
/// </summary>
public static partial class NodeSettings
{
    public static IReadOnlyList<string> LabelsOf(LocalOptions options, NodeId node) =>
        [.. options.Labels.Select(Split).Where(s => IsFor(s.Node, node)).OrderBy(s => s.Node.Length).GroupBy(s => KeyOf(s.Setting), StringComparer.Ordinal).Select(same => same.Last().Setting)];

    public static IReadOnlyList<string> TaintsOf(LocalOptions options, NodeId node) => [.. options.Taints.Select(Split).Where(s => IsFor(s.Node, node)).Select(s => s.Setting).Distinct()];

    /// <summary>Everything that is wrong with them.</summary>
    public static IEnumerable<string> Errors(LocalOptions options)
    {
        foreach (var text in options.Labels)
        {
            var (node, label) = Split(text);
            if (KeyOf(label) is "" or null) yield return $"--label '{text}' is not KEY=VALUE. Maybe zone=a, or n01:zone=a for one node of each region.";
            if (Unknown(options, node)) yield return $"--label '{text}' is for the node {node}, and there is none. Maybe n01, or {(options.Regions is [var first, ..] ? first : "us-east")}/n01.";
        }

        foreach (var text in options.Taints)
        {
            var (node, taint) = Split(text);
            if (Taint.Parse(taint, out var problem) is null) yield return $"--taint {problem}";
            if (Unknown(options, node)) yield return $"--taint '{text}' is for the node {node}, and there is none. Maybe n01, or {(options.Regions is [var first, ..] ? first : "us-east")}/n01.";
        }
    }

    private static string? KeyOf(string label) => label.IndexOf('=', StringComparison.Ordinal) is >= 0 and var at ? label[..at] : null;

    private static bool IsFor(string asked, NodeId node) => asked.Length == 0 || asked == node.Name || asked == node.ToString();

    private static bool Unknown(LocalOptions options, string node) => node.Length > 0 && !Regions.RegionPlan.For(options).SelectMany(p => p.Agents).Any(a => IsFor(node, a.Node));

    /// <summary>The node that a setting is for, empty: all; and the setting.</summary>
    private static (string Node, string Setting) Split(string text) =>
        OfOneNode().Match(text) is { Success: true } match ? (match.Groups[1].Value, match.Groups[2].Value) : ("", text);

    /// <summary>A node and a colon, then a label or a taint: a taint has a colon of its own.</summary>
    [GeneratedRegex(@"^((?:[a-z][a-z0-9-]*/)?n[0-9]{2}):([^=:]+(?:=|:).*)$", RegexOptions.CultureInvariant)]
    private static partial Regex OfOneNode();
}
