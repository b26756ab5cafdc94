using System.Globalization;
using System.Text;

namespace Lepton.Client.Http;

/// <summary>Builds a path with a query: only what is set, everything escaped.</summary>
internal sealed class Query(string path)
{
    private readonly StringBuilder _text = new(path);
    private char _separator = '?';

    public Query With(string name, string? value)
    {
        if (string.IsNullOrEmpty(value)) return this;
        _text.Append(_separator).Append(name).Append('=').Append(Uri.EscapeDataString(value));
        _separator = '&';
        return this;
    }

    public Query With(string name, long? value) => With(name, value?.ToString(CultureInfo.InvariantCulture));

    public Query With(string name, bool value) => value ? With(name, "true") : this;

    public override string ToString() => _text.ToString();

    /// <summary>An id as path segments: the slash between job and index stays.</summary>
    public static string Segments(string id) => string.Join('/', id.Split('/').Select(Uri.EscapeDataString));
}
