using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Specs;

/// <summary>Which regions a job's <c>placement.residency</c> stands for: names, labels of regions, and patterns of both.</summary>
internal static class ResidencyOf
{
    private static readonly SpecPath Field = SpecPath.Root.Field("placement").Field("residency");

    /// <summary>Null: the job asks for none. Where no fleet is known, it stands for no region: the server that takes the job knows one.</summary>
    public static Residency? Job(JobDocument document, SpecContext context)
    {
        if (document.Placement?.Residency is not { Count: > 0 } asked) return null;
        return new Residency([.. asked], [.. context.KnownRegions.Where(region => asked.Any(item => Matches(item, region, context))).Order()]);
    }

    /// <summary>What could never be met is an error of the spec.</summary>
    public static void Check(JobDocument document, Residency residency, SpecContext context, ImmutableArray<TaskGroup> groups, SplitScope scope)
    {
        if (context.KnownRegions.IsDefaultOrEmpty) return;
        for (var i = 0; i < residency.Asked.Length; i++)
        {
            if (context.KnownRegions.Any(region => Matches(residency.Asked[i], region, context))) continue;
            var known = string.Join(", ", context.KnownRegions.Select(r => r.Value).Concat(Labels(context)).Distinct().Order(StringComparer.Ordinal).Take(20));
            scope.Add(Field.Item(i), $"no region of the fleet is named or labelled \"{Words.Shown(residency.Asked[i])}\".", $"Maybe one of {known}.");
        }

        foreach (var group in groups)
        {
            if (!group.Template.Regions.IsDefaultOrEmpty && !group.Template.Regions.Any(residency.Allows))
            {
                scope.Add(
                    SpecPath.Root.Field("placement"),
                    $"task {group.Name} may run in {string.Join(", ", group.Template.Regions)}, and its data may be in {residency}.",
                    "Maybe widen placement.regions or placement.residency.");
            }

            foreach (var input in group.Inputs)
            {
                if (!InputUris.IsFile(input.Uri) || input.Region is not { } region || residency.Allows(region)) continue;
                scope.Add(Field, $"{residency}, and {region} is the only region that can read {Words.Shown(input.Uri)}.", "Maybe move the file, or widen the residency.");
                break;
            }
        }
    }

    private static IEnumerable<string> Labels(SpecContext context) => context.ResidencyLabels.Values.SelectMany(labels => labels);

    private static bool Matches(string asked, RegionId region, SpecContext context) =>
        Fits(asked, region.Value) || (context.ResidencyLabels.TryGetValue(region, out var labels) && labels.Any(label => Fits(asked, label)));

    /// <summary><c>*</c> stands for any number of characters. Cost: O(pattern × text).</summary>
    internal static bool Fits(ReadOnlySpan<char> pattern, ReadOnlySpan<char> text)
    {
        var (p, t, star, from) = (0, 0, -1, 0);
        while (t < text.Length)
        {
            if (p < pattern.Length && pattern[p] == '*')
            {
                (star, from) = (p++, t);
            }
            else if (p < pattern.Length && pattern[p] == text[t])
            {
                (p, t) = (p + 1, t + 1);
            }
            else if (star >= 0)
            {
                (p, t) = (star + 1, ++from);
            }
            else
            {
                return false;
            }
        }

        while (p < pattern.Length && pattern[p] == '*') p++;
        return p == pattern.Length;
    }
}
