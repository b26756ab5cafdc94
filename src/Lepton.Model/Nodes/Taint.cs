using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>What a taint does to tasks that do not tolerate it.</summary>
[GenerateSerializer, Alias("TaintEffect")]
public enum TaintEffect
{
    /// <summary>They are not placed there; what runs goes on.</summary>
    NoSchedule,

    /// <summary>They are placed there only where no other node has room.</summary>
    PreferNoSchedule,
}

/// <summary>A mark on a node that keeps tasks away, written <c>key=value:NoSchedule</c>; the value may be left out.</summary>
[GenerateSerializer, Immutable, Alias("Taint")]
public sealed record Taint([property: Id(0)] string Key, [property: Id(1)] string Value, [property: Id(2)] TaintEffect Effect) : IComparable<Taint>
{
    /// <summary>Characters of a key; a value may have four times as many.</summary>
    public const int KeyChars = 63;

    /// <summary>Taints a node may have.</summary>
    public const int Limit = 32;

    public int CompareTo(Taint? other)
    {
        if (other is null) return 1;
        var byKey = string.CompareOrdinal(Key, other.Key);
        if (byKey != 0) return byKey;
        var byValue = string.CompareOrdinal(Value, other.Value);
        return byValue != 0 ? byValue : Effect.CompareTo(other.Effect);
    }

    public override string ToString() => Value.Length == 0 ? $"{Key}:{Effect}" : $"{Key}={Value}:{Effect}";

    /// <summary>Reads <c>key=value:Effect</c> or <c>key:Effect</c>; null and what is wrong otherwise.</summary>
    public static Taint? Parse(string text, out string problem)
    {
        problem = "";
        var colon = text.LastIndexOf(':');
        if (colon <= 0) return Wrong(text, "has no effect behind a colon", "gpu=h100:NoSchedule", out problem);
        var effect = Effects.Where(e => e.ToString().Equals(text[(colon + 1)..], StringComparison.OrdinalIgnoreCase)).ToImmutableArray();
        if (effect.IsEmpty)
        {
            var hint = text[(colon + 1)..].Equals("NoExecute", StringComparison.OrdinalIgnoreCase)
                ? $"{text[..colon]}:NoSchedule, and drain the node (lepton node drain)"
                : $"{text[..colon]}:NoSchedule";
            return Wrong(text, $"has the effect '{text[(colon + 1)..]}', not one of {string.Join(", ", Effects)}", hint, out problem);
        }

        var equals = text.IndexOf('=', StringComparison.Ordinal);
        var (key, value) = equals >= 0 && equals < colon ? (text[..equals], text[(equals + 1)..colon]) : (text[..colon], "");
        if (key.Length is 0 or > KeyChars || !key.All(IsLetter) || !char.IsAsciiLetterOrDigit(key[0]) || !char.IsAsciiLetterOrDigit(key[^1]))
            return Wrong(text, "has no key of 1 to 63 letters, digits and . _ / - in between", "gpu=h100:NoSchedule", out problem);
        if (value.Length > KeyChars * 4 || value.Any(char.IsControl)) return Wrong(text, $"has a value of more than {KeyChars * 4} characters, or control characters in it", $"{key}:{effect[0]}", out problem);
        return new Taint(key, value, effect[0]);
    }

    private static ImmutableArray<TaintEffect> Effects { get; } = [.. Enum.GetValues<TaintEffect>()];

    private static bool IsLetter(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_' or '/' or '-';

    private static Taint? Wrong(string text, string what, string maybe, out string problem)
    {
        problem = $"'{text}' {what}. Maybe {maybe}.";
        return null;
    }
}
