using System.Buffers;
using System.Text;
using System.Text.Json;
using Lepton.Client;
using Lepton.Client.Wire;
using Microsoft.AspNetCore.Http;

namespace Lepton.Api.Errors;

/// <summary>Reads a JSON body as text: within the limit, of the right type, and well-formed.</summary>
internal static class BodyReader
{
    /// <summary>Room to begin with where the caller does not say how long the body is.</summary>
    private const int UnsaidBytes = 4 * 1024;

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
        // One byte more than is said to come: the read that finds the end needs room too.
        var buffer = ArrayPool<byte>.Shared.Rent((int)(request.ContentLength ?? UnsaidBytes) + 1);
        try
        {
            var (length, read) = (0, 0);
            while ((read = await request.Body.ReadAsync(buffer.AsMemory(length), cancel)) > 0)
            {
                length += read;
                if (length > LeptonApi.LargestBodyBytes) throw TooLarge();
                if (length == buffer.Length) buffer = Larger(buffer);
            }

            Check(buffer.AsMemory(0, length));
            return Encoding.UTF8.GetString(buffer, 0, length);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public static LeptonException TooLarge() => LeptonException.Of(
        ProblemCodes.TooLarge,
        $"The body is larger than {LeptonApi.LargestBodyBytes} bytes ({LeptonApi.LargestBodyBytes / 1024 / 1024} MiB).",
        "Maybe list the inputs in fewer, larger shards, or submit several jobs.");

    private static byte[] Larger(byte[] full)
    {
        var larger = ArrayPool<byte>.Shared.Rent(full.Length * 2);
        full.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(full);
        return larger;
    }

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
