using System.Collections;
using System.Reflection;

namespace Lepton.Hosting.Tests;

/// <summary>Equality by value all the way down: records compare immutable arrays by reference, this does not.</summary>
internal static class Deep
{
    public static void Equal(object? expected, object? actual) => Compare(expected, actual, "$");

    private static void Compare(object? expected, object? actual, string path)
    {
        if (expected is null || actual is null)
        {
            Assert.True(expected is null && actual is null, $"{path}: expected {expected ?? "null"}, was {actual ?? "null"}");
            return;
        }

        Assert.True(expected.GetType() == actual.GetType(), $"{path}: expected {expected.GetType()}, was {actual.GetType()}");
        if (expected is ReadOnlyMemory<byte> bytes)
        {
            Assert.True(bytes.Span.SequenceEqual(((ReadOnlyMemory<byte>)actual).Span), path);
        }
        else if (expected is IComparable || expected.GetType().IsPrimitive || expected.GetType().IsEnum)
        {
            Assert.True(expected.Equals(actual), $"{path}: expected {expected}, was {actual}");
        }
        else if (expected is IEnumerable items)
        {
            if (IsDefaultArray(expected) || IsDefaultArray(actual))
            {
                Assert.True(IsDefaultArray(expected) && IsDefaultArray(actual), $"{path}: one array is default");
                return;
            }

            var left = items.Cast<object?>().ToList();
            var right = ((IEnumerable)actual).Cast<object?>().ToList();
            Assert.True(left.Count == right.Count, $"{path}: expected {left.Count} items, were {right.Count}");
            for (var i = 0; i < left.Count; i++) Compare(left[i], right[i], $"{path}[{i}]");
        }
        else
        {
            foreach (var property in expected.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance))
            {
                if (property.GetIndexParameters().Length == 0)
                {
                    Compare(property.GetValue(expected), property.GetValue(actual), $"{path}.{property.Name}");
                }
            }
        }
    }

    private static bool IsDefaultArray(object value) =>
        value.GetType() is { IsGenericType: true, Name: "ImmutableArray`1" } type && (bool)type.GetProperty("IsDefault")!.GetValue(value)!;
}
