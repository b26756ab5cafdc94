using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Lepton.Model;
using Lepton.Specs;

namespace Lepton.Tests.Shared.Fuzzing;

/// <summary>
/// The reader against the mutator. What must hold: never an exception; accepted or refused, never both; every error says something, on one
/// line, at a place inside the text; what is accepted comes back from its own canonical text.
/// </summary>
internal sealed class SpecFuzz(IReadOnlyList<JsonNode> good)
{
    private const int LongestMessage = 1_200;
    private static readonly SpecContext Fleet = new() { KnownRegions = [new RegionId("us-east"), new RegionId("eu-west"), new RegionId("ap-south")], BaseFolder = "/home/me" };

    public int Cases { get; private set; }

    public int Accepted { get; private set; }

    /// <summary>What did not hold, each with the text; empty = fine.</summary>
    public List<string> Failures { get; } = [];

    /// <summary>Good texts to begin with, as trees.</summary>
    public static IReadOnlyList<JsonNode> Trees(IEnumerable<string> texts) =>
        [.. texts.Select(t => SpecReader.Read(t, SpecFormat.Detect, SpecContext.None).Document).OfType<JobDocument>().Select(d => JsonNode.Parse(SpecText.ToJson(d))!)];

    public void Run(int seed, int cases)
    {
        var random = new Random(seed);
        var mutator = new SpecMutator(good, random);
        for (var i = 0; i < cases; i++)
        {
            var text = mutator.Next(out var json);
            var problem = Check(text, random.Next(3) switch { 0 => SpecFormat.Detect, _ when json => SpecFormat.Json, _ => SpecFormat.Yaml }, random);
            Cases++;
            if (problem is not null) Failures.Add(string.Create(CultureInfo.InvariantCulture, $"seed {seed}, case {i}: {problem}\n{text}"));
        }
    }

    /// <summary>What does not hold for a text, or null.</summary>
    public string? Check(string text, SpecFormat format, Random random)
    {
        try
        {
            var context = random.Next(2) == 0 ? SpecContext.None : Fleet;
            SpecResult result;
            if (random.Next(6) == 0)
            {
                var bytes = Encoding.UTF8.GetBytes(text);
                if (bytes.Length > 0 && random.Next(2) == 0) bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                result = SpecReader.Read(bytes, format, context);
            }
            else result = SpecReader.Read(text, format, context);
            if (result.Spec is null != result.Errors.Length > 0) return "neither accepted nor refused, or both";
            if (result.Spec is null) return result.Errors.Select(e => OfError(e, text)).FirstOrDefault(p => p is not null);
            Accepted++;
            return OfAccepted(result.Spec, result.Document!, context);
        }
        catch (Exception e)
        {
            return e.ToString();
        }
    }

    private static string? OfError(SpecError error, string text)
    {
        var shown = error.ToString();
        if (error.Message.Length == 0) return "an error without a message";
        if (shown.Length > LongestMessage) return $"a message of {shown.Length} characters: {shown}";
        if (shown.FirstOrDefault(c => char.IsControl(c) || c is '\u202e' or '\u2028' or '\u200b') is var c and not '\0') return $"a message with U+{(int)c:X4}: {shown}";
        // What is said of the text as a whole has no place in it.
        if (error.Line == 0 && error.Path.Length == 0 && (error.Message.StartsWith("The text ", StringComparison.Ordinal) || error.Message.StartsWith("Th", StringComparison.Ordinal) && error.Message.Contains("there may be more", StringComparison.Ordinal))) return null;
        var lines = text.Count(l => l == '\n') + text.Count(l => l == '\r') + 2;
        return error.Line >= 1 && error.Column >= 1 && error.Line <= lines ? null : $"an error at {error.Line}:{error.Column}: {shown}";
    }

    private static string? OfAccepted(JobSpec spec, JobDocument document, SpecContext context)
    {
        if (spec.TaskCount is < 1 or > SpecLimits.Tasks) return $"accepted with {spec.TaskCount} tasks";
        foreach (var (form, again) in new[] { ("YAML", spec.Source), ("JSON", SpecText.ToJson(document)) })
        {
            var read = SpecReader.Read(again, SpecFormat.Detect, context);
            if (read.Spec is null) return $"accepted, but its own {form} is refused: {read.Errors[0]}\n{again}";
            if (!document.Equals(read.Document)) return $"accepted, but its own {form} means something else:\n{again}";
            if (read.Spec.Source != spec.Source) return $"accepted, but its {form} has another canonical form:\n{again}\n{read.Spec.Source}";
        }

        return null;
    }
}
