using Orleans;

namespace Lepton.Model;

/// <summary>Taints that do not keep a task away.</summary>
/// <param name="Value">Null: whatever value the taint has.</param>
/// <param name="Effect">Null: whatever the taint does.</param>
[GenerateSerializer, Immutable, Alias("Toleration")]
public sealed record Toleration([property: Id(0)] string Key, [property: Id(1)] string? Value, [property: Id(2)] TaintEffect? Effect)
{
    public bool Tolerates(Taint taint) =>
        Key == taint.Key && (Value is null || Value == taint.Value) && (Effect is null || Effect == taint.Effect);

    public override string ToString() => $"{Key}{(Value is null ? "" : $"={Value}")}{(Effect is null ? "" : $":{Effect}")}";
}
