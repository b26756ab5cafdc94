using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Lepton.Sample.Data;

/// <summary>Reads and writes pod lists: gzip, CSV with a header; columns are found by name.</summary>
internal static class PodFile
{
    public const string Extension = ".csv.gz";

    private const string Header =
        "name,cpu_milli,memory_mib,num_gpu,gpu_milli,qos,pod_phase,creation_time,deletion_time,scheduled_time";

    public static string ShardName(string path) => Path.GetFileName(path).Replace(Extension, "", StringComparison.Ordinal);

    public static string Fingerprint(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    public static IReadOnlyList<PodRow> Read(string path)
    {
        using var reader = new StreamReader(new GZipStream(File.OpenRead(path), CompressionMode.Decompress), Encoding.UTF8);
        var columns = (reader.ReadLine() ?? throw new InvalidDataException($"'{path}' is empty.")).Split(',');
        var at = Header.Split(',').Select(name => Array.IndexOf(columns, name)).ToArray();
        if (Array.IndexOf(at, -1) is var missing and >= 0)
            throw new InvalidDataException($"'{path}' has no column '{Header.Split(',')[missing]}'.");

        var rows = new List<PodRow>();
        for (var line = 2; reader.ReadLine() is { } text; line++)
        {
            var cells = text.Split(',');
            if (cells.Length != columns.Length)
                throw new InvalidDataException($"'{path}' line {line} has {cells.Length} cells; the header has {columns.Length}.");
            int Whole(int column) => (int)Number(path, line, columns[at[column]], cells[at[column]]);
            long Time(int column) => Number(path, line, columns[at[column]], cells[at[column]]);
            rows.Add(new PodRow(
                cells[at[0]],
                new Shape(Whole(1), Whole(2), Whole(3), Whole(4), cells[at[5]]),
                cells[at[6]],
                Time(7),
                Time(8),
                cells[at[9]].Length == 0 ? null : Time(9)));
        }
        return rows;
    }

    public static void Write(string path, IEnumerable<PodRow> rows)
    {
        using var writer = new StreamWriter(new GZipStream(File.Create(path), CompressionLevel.SmallestSize), new UTF8Encoding(false));
        writer.NewLine = "\n";
        writer.WriteLine(Header);
        foreach (var row in rows)
        {
            var shape = row.Shape;
            writer.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"{row.Name},{shape.CpuMilli},{shape.MemoryMib},{shape.Gpus},{shape.GpuMilli},{shape.Qos},"
                + $"{row.EndPhase},{row.Created},{row.Deleted},{row.Scheduled}"));
        }
    }

    private static long Number(string path, int line, string column, string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw new InvalidDataException($"'{path}' line {line}: {column} '{text}' is not a whole number.");
}
