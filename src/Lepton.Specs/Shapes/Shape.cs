using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Lepton.Specs;

/// <summary>What a schema is made for: fields that are not supported there are left out.</summary>
internal sealed record SchemaScope(Capabilities Capabilities, SpecPlace Place, string Relative)
{
    public SchemaScope Field(string name) =>
        this with { Relative = Relative.Length == 0 ? name : $"{Relative}.{name}" };
}

/// <summary>
/// One kind of value: how it is read, written and described. Reader, writer and schema come from the same table, so
/// they agree.
/// </summary>
internal abstract class Shape<T>
    where T : notnull
{
    /// <summary>
    /// Reads a value and adds what is wrong with it. True with errors added means: usable for further checks, though wrong.
    /// </summary>
    public abstract bool TryRead(SpecNode node, Scope scope, [MaybeNullWhen(false)] out T value);

    /// <summary>The canonical form of a value.</summary>
    public abstract SpecNode Write(T value);

    public abstract JsonObject Schema(SchemaScope scope);
}
