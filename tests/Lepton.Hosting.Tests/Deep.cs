using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Lepton.Hosting.Tests;

/// <summary>Values all the way down, as lines of <c>path = value</c>, derived members left out: records compare immutable arrays by reference, this does not.</summary>
internal static class Deep
{
    public static void Equal(object? expected, object? actual) => Assert.Equal(Lines(expected), Lines(actual));

    public static List<string> Lines(object? value)
    {
        var lines = new List<string>();
        Add(lines, "$", value);
        return lines;
    }

    private static void Add(List<string> lines, string path, object? value)
    {
        switch (value)
        {
            case null:
                lines.Add($"{path} = null");
                break;
            case ReadOnlyMemory<byte> bytes:
                lines.Add($"{path} = {Convert.ToHexStringLower(bytes.Span)}");
                break;
            case DateTimeOffset time:
                lines.Add($"{path} = {time:O}");
                break;
            case string or bool or Enum or IFormattable when value is string or bool or Enum || value.GetType().Namespace == "System":
                lines.Add(string.Create(CultureInfo.InvariantCulture, $"{path} = {value}"));
                break;
            case IEnumerable items:
                AddItems(lines, path, value, items);
                break;
            default:
                lines.Add($"{path} is {value.GetType().Name}");
                foreach (var property in value.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
                {
                    if (property.CanWrite) Add(lines, $"{path}.{property.Name}", property.GetValue(value));
                }

                break;
        }
    }

    private static void AddItems(List<string> lines, string path, object value, IEnumerable items)
    {
        if (value.GetType() is { IsGenericType: true, Name: "ImmutableArray`1" } type && (bool)type.GetProperty("IsDefault")!.GetValue(value)!)
        {
            lines.Add($"{path} = default");
            return;
        }

        var all = items.Cast<object?>().ToList();
        lines.Add(string.Create(CultureInfo.InvariantCulture, $"{path} has {all.Count}"));
        for (var i = 0; i < all.Count; i++) Add(lines, string.Create(CultureInfo.InvariantCulture, $"{path}[{i}]"), all[i]);
    }
}
