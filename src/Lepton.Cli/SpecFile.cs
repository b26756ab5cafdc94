using Lepton.Cli.Output;
using Lepton.Specs;

namespace Lepton.Cli;

/// <summary>Reads a spec from a file or stdin, applies <c>--set</c>, and gives the JSON the server takes; every error with its line and column.</summary>
internal static class SpecFile
{
    private const string WhatToGive = "Give the path of a job spec, or - for stdin.";

    /// <exception cref="UsageException">No such file, or a spec with errors.</exception>
    public static async Task<string> ReadJson(Terminal terminal, string file, IReadOnlyList<string> overrides, CancellationToken cancel)
    {
        var fromInput = file == "-";
        var bytes = fromInput ? await ReadAll(terminal.In, "stdin", cancel) : await ReadAll(file, cancel);
        var folder = fromInput ? Environment.CurrentDirectory : Path.GetDirectoryName(Path.GetFullPath(file));
        var context = SpecContext.None with { BaseFolder = folder, Overrides = [.. overrides] };
        var result = SpecReader.Read(bytes, FormatOf(file), context);
        if (result.Document is { } document) return SpecText.ToJson(document);
        var name = fromInput ? "stdin" : file;
        throw new UsageException(string.Join(
            $"{Environment.NewLine}       ",
            result.Errors.Select(e => e.Line > 0 ? $"{name}:{e.Line}:{e.Column}: {WithoutPlace(e)}" : $"{name}: {e}")));
    }

    private static string WithoutPlace(SpecError e) => e.Hint is null ? e.Message : $"{e.Message} {e.Hint}";

    private static SpecFormat FormatOf(string file) => Path.GetExtension(file).ToUpperInvariant() switch
    {
        ".JSON" => SpecFormat.Json,
        ".YAML" or ".YML" => SpecFormat.Yaml,
        _ => SpecFormat.Detect,
    };

    private static async Task<byte[]> ReadAll(string file, CancellationToken cancel)
    {
        if (Directory.Exists(file)) throw new UsageException($"'{file}' is a folder.", WhatToGive);
        try
        {
            await using var stream = File.OpenRead(file);
            return await ReadAll(stream, $"'{file}'", cancel);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new UsageException($"There is no file '{file}' in {Environment.CurrentDirectory}.", WhatToGive);
        }
        catch (UnauthorizedAccessException)
        {
            throw new UsageException($"'{file}' may not be read by {Environment.UserName}.", "Maybe chmod u+r, or another file.");
        }
        catch (IOException e)
        {
            throw new UsageException($"'{file}' cannot be read: {e.Message}", WhatToGive);
        }
    }

    private static async Task<byte[]> ReadAll(Stream stream, string name, CancellationToken cancel)
    {
        using var memory = new MemoryStream();
        var piece = new byte[64 * 1024];
        int read;
        while ((read = await stream.ReadAsync(piece, cancel)) > 0)
        {
            if (memory.Length + read > SpecLimits.TextBytes)
            {
                throw new UsageException($"{name} is larger than {Words.Bytes(SpecLimits.TextBytes)}.", "Maybe list the inputs in fewer, larger shards.");
            }

            memory.Write(piece, 0, read);
        }

        return memory.ToArray();
    }
}
