using System.Diagnostics;
using System.Text;

namespace Lepton.Specs.Tests;

/// <summary>Thousands of broken variants of good specs: the reader never throws, never hangs, and never refuses without saying why.</summary>
public sealed class FuzzTests
{
    private static readonly string[] Pieces =
    [
        "{", "}", "[", "]", ":", ": ", ",", "\n", "  ", "\t", "- ", "? ", "|", ">", "&a ", "*a", "!!str ", "!x", "#", "'", "\"", "\\", "\\u0000", "\\ud800", "---\n", "...\n", "%YAML 1.1\n",
        "null", "~", "true", "1e999", "-1", "99999999999999999999", "0.0000000001", "${", "${x}", "${grid.", "$${", "\u0000", "\u0007", "\u0085", "\u2028", "\ufeff", "\ud83d", "ä😀", "..", "../", "/",
        "<<: ", "1GiB", "365d", "1h1h", "file://", "artifact:", "s3://x", "tasks:", "name:", "run:", "grid:", "dependsOn:", "split:", "kind: Job", "kind: Gang", "count: 1000000", "redundancy: {}", "\r",
    ];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Mutated_specs_are_read_or_refused_with_reasons(int seed)
    {
        // A fixed seed: the same mutations on every machine.
        var random = new Random(seed);
        var good = DocumentationTests.Blocks("yaml").Concat(DocumentationTests.Blocks("json"))
            .Concat(DocumentationTests.Blocks("yaml").Select(b => SpecText.ToJson(Texts.Document(b)))).ToArray();
        var accepted = 0;
        for (var i = 0; i < 5_000; i++)
        {
            var text = Mutated(good[random.Next(good.Length)], good, random);
            var format = (SpecFormat)random.Next(3);
            try
            {
                var watch = Stopwatch.StartNew();
                var result = random.Next(4) == 0
                    ? SpecReader.Read(Encoding.UTF8.GetBytes(text), format, Texts.Fleet)
                    : SpecReader.Read(text, format, Texts.InFolder);
                Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), "too slow");
                Assert.Equal(result.Spec is null, result.Errors.Length > 0);
                Assert.Equal(result.Spec is null, result.Document is null);
                Assert.All(result.Errors, e => Assert.True(e.Message.Length is > 0 and < 1_000 && !e.ToString().Contains('\n', StringComparison.Ordinal), e.ToString()));
                if (result.Spec is null) continue;
                accepted++;
                Assert.Equal(result.Document, Texts.Document(result.Spec.Source));
                Assert.Equal(result.Document, Texts.Document(SpecText.ToJson(result.Document!)));
            }
            catch (Exception e) when (e is not Xunit.Sdk.XunitException)
            {
                Assert.Fail($"Seed {seed}, mutation {i}, {format}: {e}\n{text}");
            }
        }

        // The mutations are not so wild that only rubbish is tried.
        Assert.InRange(accepted, 100, 4_000);
    }

    [Fact]
    public void Random_overrides_never_throw()
    {
        var random = new Random(5);
        var job = DocumentationTests.Blocks("yaml").Single(b => b.Contains("duration-model", StringComparison.Ordinal));
        string[] paths = ["resources.cpus", "tasks.train.grid.trees", "tasks[0].name", "tasks.9", "placement.regions+", "labels.\"a.b\"", "run", "", ".", "a..b", "[0]", "\"", "tasks.train.grid.trees+", "name.x"];
        for (var i = 0; i < 2_000; i++)
        {
            var change = $"{paths[random.Next(paths.Length)]}={Pieces[random.Next(Pieces.Length)]}{Pieces[random.Next(Pieces.Length)]}";
            if (random.Next(3) == 0) change = Mutated(change, [change], random);
            var result = SpecReader.Read(job, SpecFormat.Yaml, new SpecContext { Overrides = [change] });
            Assert.Equal(result.Spec is null, result.Errors.Length > 0);
        }
    }

    private static string Mutated(string text, string[] others, Random random)
    {
        var mutations = random.Next(1, 4);
        for (var m = 0; m < mutations && text.Length > 0; m++)
        {
            var at = random.Next(text.Length);
            var length = Math.Min(random.Next(1, 12), text.Length - at);
            var lines = text.Split('\n');
            text = random.Next(9) switch
            {
                0 => text.Remove(at, length),
                1 => text.Insert(at, Pieces[random.Next(Pieces.Length)]),
                2 => text.Remove(at, length).Insert(at, Pieces[random.Next(Pieces.Length)]),
                3 => text.Insert(at, text.Substring(at, length)),
                4 => text[..at],
                5 => string.Join('\n', lines.Append(lines[random.Next(lines.Length)])),
                6 => string.Join('\n', lines.Where((_, i) => i != at % lines.Length)),
                7 => string.Concat(text.AsSpan(0, at), new string((char)random.Next(1, 0x500), 1), text.AsSpan(at + 1)),
                _ => text[..at] + Tail(others[random.Next(others.Length)], at),
            };
        }

        return text;
    }

    private static string Tail(string text, int at) => text[Math.Min(at, text.Length)..];
}
