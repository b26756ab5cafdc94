using System.Globalization;
using System.IO.Compression;
using System.Text;
using Lepton.Sample.Data;
using Lepton.Sample.Features;
using Lepton.Sample.Running;

namespace Lepton.Sample.Comparing;

/// <summary>
/// heldout.csv.gz: a shard's validation and held-out rows with the features already computed, so that whoever compares
/// needs neither the shard nor its history.
/// </summary>
internal static class EvaluationFile
{
    private static readonly string Header = string.Join(',', ["part", "shape", "target", .. FeatureNames.All]);

    public static void Write(string path, IReadOnlyList<FeatureRow> rows) => WholeFile.Write(path, file =>
    {
        using var writer = new StreamWriter(new GZipStream(file, CompressionLevel.Optimal), new UTF8Encoding(false));
        writer.NewLine = "\n";
        writer.WriteLine(Header);
        foreach (var row in rows)
            writer.WriteLine(string.Join(',', [row.Part.ToString(), row.Shape, Text(row.Target), .. row.Features.Select(Text)]));
    });

    public static IReadOnlyList<FeatureRow> Read(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress), Encoding.UTF8);
        if (reader.ReadLine() != Header)
            throw new InvalidDataException($"'{path}' has other columns than this program writes. Maybe an older version made it.");
        var rows = new List<FeatureRow>();
        for (var line = 2; reader.ReadLine() is { } text; line++)
        {
            var cells = text.Split(',');
            if (cells.Length != 3 + FeatureNames.All.Length || !Enum.TryParse<Part>(cells[0], out var part))
                throw new InvalidDataException($"'{path}' line {line} is broken: '{text}'.");
            rows.Add(new FeatureRow(part, cells[1],
                [.. cells[3..].Select(cell => (float)Number(path, line, cell))], Number(path, line, cells[2])));
        }
        return rows;
    }

    /// <summary>The shortest text that reads back as the same number.</summary>
    private static string Text(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static string Text(float value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static double Number(string path, int line, string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidDataException($"'{path}' line {line}: '{text}' is not a number.");
}
