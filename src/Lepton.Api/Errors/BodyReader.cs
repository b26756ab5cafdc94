using System.Text;
using System.Text.Json;
using Lepton.Client;
using Lepton.Client.Wire;
using Microsoft.AspNetCore.Http;

namespace Lepton.Api.Errors;

/// <summary>Reads a JSON body as text: within the limit, of the right type, and well-formed.</summary>
internal static class BodyReader
{
    public static async Task<string> ReadJson(HttpRequest request, CancellationToken cancel)
    {
        if (!request.HasJsonContentType())
        {
            throw LeptonException.Of(
                ProblemCodes.UnsupportedMediaType,
                request.ContentType is null ? "The body has no Content-Type." : $"Content-Type '{request.ContentType}' is not taken here.",
                "Send the spec as application/json; the command line turns YAML into JSON.");
        }

        if (request.GetTypedHeaders().ContentType?.Encoding is { } encoding && encoding.CodePage != Encoding.UTF8.CodePage)
        {
            throw LeptonException.Of(
                ProblemCodes.UnsupportedMediaType, $"The body is said to be {encoding.WebName}; JSON is UTF-8.", "Send the spec as UTF-8.");
        }

        if (request.ContentLength > LeptonApi.LargestBodyBytes) throw TooLarge();
        using var buffer = new MemoryStream();
        var piece = new byte[16 * 1024];
        int read;
        while ((read = await request.Body.ReadAsync(piece, cancel)) > 0)
        {
            if (buffer.Length + read > LeptonApi.LargestBodyBytes) throw TooLarge();
            buffer.Write(piece, 0, read);
        }

        var bytes = buffer.GetBuffer().AsMemory(0, (int)buffer.Length);
        Check(bytes);
        return Encoding.UTF8.GetString(bytes.Span);
    }

    public static LeptonException TooLarge() => LeptonException.Of(
        ProblemCodes.TooLarge,
        $"The body is larger than {LeptonApi.LargestBodyBytes} bytes ({LeptonApi.LargestBodyBytes / 1024 / 1024} MiB).",
        "Maybe list the inputs in fewer, larger shards, or submit several jobs.");

    private static void Check(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes);
        }
        catch (JsonException e)
        {
            // The reader counts both from 0; the column in bytes, which equals characters wherever the line is ASCII up to there.
            var line = (int)(e.LineNumberOfPlace() + 1);
            var column = (int)((e.BytePositionInLine ?? 0) + 1);
            var what = bytes.IsEmpty ? "The body is empty." : Bare(e.Message);
            throw LeptonException.Of(
                ProblemCodes.MalformedJson,
                $"The body is not JSON: line {line}:{column}: {what}",
                "Maybe a comma, a quote or a brace is missing before that place.",
                [new ProblemError { Line = line, Column = column, Message = what }]);
        }
    }

    private static long LineNumberOfPlace(this JsonException e) => e.LineNumber ?? 0;

    /// <summary>The parser's message without the place, which is told in our own form.</summary>
    private static string Bare(string message)
    {
        var at = message.IndexOf(" LineNumber:", StringComparison.Ordinal);
        return (at < 0 ? message : message[..at]).Replace("which is not supported in this mode. Change the reader options.", "which JSON does not take.", StringComparison.Ordinal);
    }
}
