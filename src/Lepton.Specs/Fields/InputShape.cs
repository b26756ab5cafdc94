using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;

namespace Lepton.Specs;

/// <summary>An input: a map, or its uri alone.</summary>
internal sealed class InputShape : Shape<InputDocument>
{
    private const decimal BytesPerGiB = 1L << 30;

    private static readonly ObjectShape<InputDocument> Full =
        new ObjectShape<InputDocument>(() => new(), "uri") { Check = OneSize }
        .Field("uri", InputUris.Shape, d => d.Uri, (d, v) => d with { Uri = v },
            "file:// and an absolute path (file://./path: beside the spec file, when submitted by the CLI), or artifact: and a SHA-256.")
        .Field("region", Rules.Region, d => d.Region, (d, v) => d with { Region = v },
            "Where it lies. A file with a region is read only there: its tasks run in that region.")
        .Field("size", Rules.InputSize, d => d.SizeBytes, (d, v) => d with { SizeBytes = v },
            "Size, such as 412GiB; counts when the data would have to move.")
        .Field("sizeGiB", new DecimalShape("a number of GiB", 0, SpecLimits.InputBytes >> 30), _ => null,
            (d, v) => d with { SizeBytes = (long)(v * BytesPerGiB) }, "Size as a number of GiB; another way to write size.");

    public override bool TryRead(SpecNode node, Scope scope, [MaybeNullWhen(false)] out InputDocument value)
    {
        if (node.Kind != NodeKind.Text) return Full.TryRead(node, scope, out value);
        value = InputUris.Shape.TryRead(node, scope, out var uri) ? new InputDocument { Uri = uri } : null;
        return value is not null;
    }

    public override SpecNode Write(InputDocument value) => Full.Write(value);

    public override JsonObject Schema(SchemaScope scope) =>
        new() { ["anyOf"] = new JsonArray(Full.Schema(scope), InputUris.Shape.Schema(scope)) };

    internal static void OneSize(SpecNode node, Scope scope)
    {
        if (scope.Capabilities.Supports(scope.Place, $"{scope.Relative}.size") && node.Find("size") is not null && node.Find("sizeGiB") is { } second)
            scope.Add(second.Mark, "size and sizeGiB say the same thing.", "Maybe keep size.");
    }
}
