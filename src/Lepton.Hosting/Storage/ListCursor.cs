using System.Globalization;
using System.Text;
using Lepton.Model;

namespace Lepton.Hosting;

/// <summary>
/// Where a page of a list ended: time and key of its last record, so that rows which arrive later move nothing. Opaque to callers.
/// </summary>
internal readonly record struct ListCursor(long Ticks, string Key)
{
    public static ListCursor Of(StoredRecord record) => new(record.Value.Row.Index.Time.UtcTicks, record.Key);

    /// <exception cref="ArgumentException">Not a cursor that this store has given.</exception>
    public static ListCursor Parse(string text)
    {
        try
        {
            var padded = text.Replace('-', '+').Replace('_', '/') + new string('=', (4 - (text.Length % 4)) % 4);
            var plain = Encoding.UTF8.GetString(Convert.FromBase64String(padded));
            var split = plain.IndexOf(' ', StringComparison.Ordinal);
            if (split > 0 && long.TryParse(plain.AsSpan(0, split), NumberStyles.None, CultureInfo.InvariantCulture, out var ticks))
            {
                return new ListCursor(ticks, plain[(split + 1)..]);
            }
        }
        catch (FormatException)
        {
            // Falls through to the one message below.
        }

        throw new ArgumentException($"'{text}' is not a list cursor. Maybe take the one the page before has given, unchanged.", nameof(text));
    }

    public override string ToString() =>
        Convert.ToBase64String(Encoding.UTF8.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Ticks} {Key}")))
            .TrimEnd('=').Replace('+', '-').Replace('/', '_');
}
