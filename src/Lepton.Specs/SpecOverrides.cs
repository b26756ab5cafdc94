using System.Collections.Immutable;
using System.Globalization;

namespace Lepton.Specs;

/// <summary>
/// Changes in the form of <c>--set</c>: <c>resources.cpus=2</c> sets, <c>placement.regions+=ap-south</c> adds to a
/// list. Entries of a list are named by their <c>name</c> or by index: <c>tasks.train.grid.trees=[1,2]</c>,
/// <c>tasks[0].timeLimit=1h</c>. Values are YAML.
/// </summary>
public static class SpecOverrides
{
    /// <summary>The changed tree, or null and the errors.</summary>
    public static SpecTree? Apply(SpecTree tree, IEnumerable<string> overrides, out ImmutableArray<SpecError> errors)
    {
        var found = new ErrorList();
        var changed = Apply(tree, [.. overrides], found);
        errors = found.ToImmutable();
        return found.Any ? null : changed;
    }

    /// <summary>The tree with every change that could be made.</summary>
    internal static SpecTree Apply(SpecTree tree, ImmutableArray<string> overrides, ErrorList errors)
    {
        foreach (var text in overrides.IsDefault ? [] : overrides)
        {
            var mark = new SpecMark(0, 0, Words.Shown(text));
            if (!TextChecks.Pass(text, errors)) continue;
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
            {
                errors.Add(SpecPath.Root, mark, "This is no change of a field.", "Maybe name=value or list+=value.");
                continue;
            }

            var add = text[equals - 1] == '+';
            var steps = Steps(add ? text[..(equals - 1)] : text[..equals]);
            if (steps is null)
            {
                errors.Add(SpecPath.Root, mark, $"\"{Words.Shown(text[..equals])}\" is not a path.",
                    "Maybe resources.cpus or tasks.train.timeLimit.");
                continue;
            }

            var value = YamlTree.Parse(text[(equals + 1)..].Length == 0 ? "\"\"" : text[(equals + 1)..], errors, mark);
            if (value is null) continue;
            var change = new Change(steps, value, add, mark, errors);
            if (Changed(tree.Root, change, 0, SpecPath.Root) is { } root) tree = new SpecTree(root);
        }

        return tree;
    }

    /// <summary>
    /// Names between dots, indexes in brackets, names with dots in quotes; null where that does not parse.
    /// </summary>
    private static List<string>? Steps(string path)
    {
        var steps = new List<string>();
        var rest = path.Trim();
        while (rest.Length > 0)
        {
            string step;
            if (rest[0] == '"')
            {
                var close = rest.IndexOf('"', 1);
                if (close < 0) return null;
                (step, rest) = (rest[1..close], rest[(close + 1)..]);
            }
            else if (rest[0] == '[')
            {
                var close = rest.IndexOf(']', StringComparison.Ordinal);
                if (close < 0 || steps.Count == 0) return null;
                (step, rest) = (rest[1..close], rest[(close + 1)..]);
            }
            else
            {
                var end = rest.AsSpan().IndexOfAny('.', '[') is >= 0 and var at ? at : rest.Length;
                (step, rest) = (rest[..end], rest[end..]);
            }

            if (step.Length == 0 || steps.Count >= SpecLimits.Depth) return null;
            steps.Add(step);
            if (rest.StartsWith('.')) rest = rest.Length > 1 ? rest[1..] : "\"";
            else if (rest.Length > 0 && rest[0] != '[') return null;
        }

        return steps.Count > 0 ? steps : null;
    }

    /// <summary>The node with the change made below it, or null and an error.</summary>
    private static SpecNode? Changed(SpecNode? node, Change change, int depth, SpecPath path)
    {
        if (depth == change.Steps.Count) return change.Add ? Added(node, change, path) : change.Value;
        var step = change.Steps[depth];
        if (node is null or { Kind: NodeKind.Null }) node = new SpecNode(NodeKind.Map, change.Mark);
        return node.Kind switch
        {
            NodeKind.Map => InMap(node, step, change, depth, path.Field(step)),
            NodeKind.List => InList(node, step, change, depth, path),
            _ => Refuse(change, path, $"{path} is {Words.Shown(node)} and has no fields.", null),
        };
    }

    private static SpecNode? InMap(SpecNode map, string step, Change change, int depth, SpecPath path)
    {
        var field = map.Find(step);
        if (Changed(field?.Value, change, depth + 1, path) is not { } value) return null;
        return field is null
            ? map with { Fields = map.Fields.Add(new SpecField(step, change.Mark, value)) }
            : map with { Fields = map.Fields.Replace(field, field with { Value = value }) };
    }

    private static SpecNode? InList(SpecNode list, string step, Change change, int depth, SpecPath path)
    {
        var at = -1;
        for (var i = 0; i < list.Items.Length && at < 0; i++)
        {
            if (list.Items[i].Find("name")?.Value.Text == step) at = i;
        }

        if (at < 0 && int.TryParse(step, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && index < list.Items.Length)
        {
            at = index;
        }

        if (at < 0)
        {
            var nearest = Nearest.Of(step, list.Items.Select(i => i.Find("name")?.Value.Text ?? ""), change.Errors);
            return Refuse(change, path, $"{path} has no entry \"{Words.Shown(step)}\".", nearest is null ? null : $"Maybe {nearest}.");
        }

        return Changed(list.Items[at], change, depth + 1, path.Item(at)) is { } value
            ? list with { Items = list.Items.SetItem(at, value) }
            : null;
    }

    private static SpecNode? Added(SpecNode? node, Change change, SpecPath path)
    {
        if (node is null or { Kind: NodeKind.Null }) node = new SpecNode(NodeKind.List, change.Mark);
        if (node.Kind != NodeKind.List)
            return Refuse(change, path, $"{path} is {Words.Shown(node)}, not a list.", $"Maybe {path}=value, without the plus.");
        return node with { Items = change.Value.Kind == NodeKind.List
            ? node.Items.AddRange(change.Value.Items)
            : node.Items.Add(change.Value) };
    }

    private static SpecNode? Refuse(Change change, SpecPath path, string message, string? hint)
    {
        change.Errors.Add(path, change.Mark, message, hint);
        return null;
    }

    private sealed record Change(List<string> Steps, SpecNode Value, bool Add, SpecMark Mark, ErrorList Errors);
}
