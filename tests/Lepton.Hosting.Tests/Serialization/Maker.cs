using System.Collections.Immutable;
using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using Lepton.Model;

namespace Lepton.Hosting.Tests;

/// <summary>Makes one of any type of the model with every member set to something that is not its default, the same on every run.</summary>
internal sealed class Maker
{
    private int _next;

    public T Make<T>() => (T)Make(typeof(T));

    public object Make(Type type)
    {
        _next++;
        if (Nullable.GetUnderlyingType(type) is { } inner) return Make(inner);
        if (type == typeof(string)) return string.Create(CultureInfo.InvariantCulture, $"text {_next}");
        if (type == typeof(bool)) return true;
        if (type == typeof(int)) return _next;
        if (type == typeof(uint)) return (uint)_next;
        if (type == typeof(long)) return 10_000_000_000L + _next;
        if (type == typeof(double)) return _next + 0.25;
        if (type == typeof(DateTimeOffset)) return Some.Noon.AddSeconds(_next);
        if (type == typeof(TimeSpan)) return TimeSpan.FromMilliseconds(_next);
        if (type == typeof(ReadOnlyMemory<byte>)) return new ReadOnlyMemory<byte>([1, 0, 255, (byte)_next]);
        if (type.IsEnum) return Enum.GetValues(type).GetValue(Enum.GetValues(type).Length - 1)!;
        if (type == typeof(ImmutableSortedDictionary<string, string>))
        {
            return ImmutableSortedDictionary<string, string>.Empty.Add("key", $"value {_next}").Add("other", "");
        }

        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(ImmutableArray<>)) return MakeArray(type);
        if (type == typeof(Message)) return Make<TaskSettled>();
        if (type == typeof(Row)) return Make<TaskRow>();
        return MakeRecord(type);
    }

    private object MakeArray(Type type)
    {
        var item = type.GetGenericArguments()[0];
        var array = Array.CreateInstance(item, 2);
        for (var i = 0; i < 2; i++) array.SetValue(Make(item), i);
        return typeof(ImmutableArray).GetMethods().Single(m => m is { Name: "Create", IsGenericMethod: true }
                && m.GetParameters() is [{ ParameterType.IsArray: true }])
            .MakeGenericMethod(item)
            .Invoke(null, [array])!;
    }

    private object MakeRecord(Type type)
    {
        if (type.Namespace != typeof(Row).Namespace || type.IsAbstract) throw new InvalidOperationException($"No rule to make a {type}.");
        var made = RuntimeHelpers.GetUninitializedObject(type);
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite))
        {
            property.SetValue(made, Make(property.PropertyType));
        }

        return made;
    }
}
