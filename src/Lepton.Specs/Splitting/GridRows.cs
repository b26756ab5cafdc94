using System.Collections.Immutable;

namespace Lepton.Specs;

/// <summary>Every combination of the values of a grid, each once; the last axis varies fastest.</summary>
internal static class GridRows
{
    public static ImmutableArray<ImmutableSortedDictionary<string, string>> Of(ValueList<Named<ValueList<string>>> grid, int combinations)
    {
        if (grid.Count == 0) return [];
        var rows = ImmutableArray.CreateBuilder<ImmutableSortedDictionary<string, string>>(combinations);
        for (var row = 0; row < combinations; row++)
        {
            var values = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
            var rest = row;
            for (var axis = grid.Count - 1; axis >= 0; axis--)
            {
                var (name, choices) = grid[axis];
                values.Add(name, choices[rest % choices.Count]);
                rest /= choices.Count;
            }

            rows.Add(values.ToImmutable());
        }

        return rows.MoveToImmutable();
    }
}
