using System.Text.Json.Nodes;

namespace Lepton.Specs;

/// <summary>One field of a map of the spec, tied to a property of its document.</summary>
internal abstract class Field<TOwner>(string name, string description)
{
    public string Name { get; } = name;

    public string Description { get; } = description;

    /// <summary>Owner with the value, or the owner unchanged where it could not be read.</summary>
    public abstract TOwner Read(SpecNode node, Scope scope, TOwner owner);

    /// <summary>Null where the owner has no value.</summary>
    public abstract SpecNode? Write(TOwner owner);

    public abstract JsonObject Schema(SchemaScope scope);
}

/// <summary>A field of a reference type.</summary>
internal sealed class ClassField<TOwner, TValue>(
    string name, Shape<TValue> shape, Func<TOwner, TValue?> get, Func<TOwner, TValue, TOwner> set, string description) : Field<TOwner>(name, description)
    where TValue : class
{
    public override TOwner Read(SpecNode node, Scope scope, TOwner owner) =>
        shape.TryRead(node, scope, out var value) ? set(owner, value) : owner;

    public override SpecNode? Write(TOwner owner) => get(owner) is { } value ? shape.Write(value) : null;

    public override JsonObject Schema(SchemaScope scope) => shape.Schema(scope);
}

/// <summary>A field of a value type.</summary>
internal sealed class StructField<TOwner, TValue>(
    string name, Shape<TValue> shape, Func<TOwner, TValue?> get, Func<TOwner, TValue, TOwner> set, string description) : Field<TOwner>(name, description)
    where TValue : struct
{
    public override TOwner Read(SpecNode node, Scope scope, TOwner owner) =>
        shape.TryRead(node, scope, out var value) ? set(owner, value) : owner;

    public override SpecNode? Write(TOwner owner) => get(owner) is { } value ? shape.Write(value) : null;

    public override JsonObject Schema(SchemaScope scope) => shape.Schema(scope);
}
