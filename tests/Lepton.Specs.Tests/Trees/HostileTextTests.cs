using System.Diagnostics;
using System.Text;

namespace Lepton.Specs.Tests;

/// <summary>Texts written to harm the reader: refused, at once, with a place.</summary>
public sealed class HostileTextTests
{
    [Theory]
    [InlineData("a: &x 1\nb: *x", "Anchor &x: anchors are not allowed. Maybe remove it. line 1:4", "Alias *x: aliases are not allowed. Maybe write the value out. line 2:4")]
    [InlineData("a: !!python/object:os.system x", "Tag tag:yaml.org,2002:python/object:os.system: tags are not allowed. Maybe remove it. line 1:4")]
    [InlineData("a: !x {b: 1}", "Tag !x: tags are not allowed. Maybe remove it. line 1:4")]
    [InlineData("a: 1\n---\nb: 2", "A second document begins here; a spec is one document. Maybe submit them one by one. line 2:1")]
    [InlineData("a: 1\na: 2", "a stands twice. Maybe remove one of them. line 2:1")]
    [InlineData("a: {b: 1, \"b\": 2}", "a.b stands twice. Maybe remove one of them. line 1:11")]
    [InlineData("{\"a\": {\"b\": 1,\n \"\\u0062\": 2}}", "a.b stands twice. Maybe remove one of them. line 2:2")]
    [InlineData("? [a]\n: 1", "a list cannot be a name. Maybe a missing value, or a colon too many. line 1:3")]
    [InlineData("<<: {a: 1}", "<<: there is no such field here.")]
    [InlineData("a: \u0007", "The text holds the control character U+0007. Maybe remove it. line 1:4")]
    [InlineData("a: b\nc: d\u0085", "The text holds the control character U+0085. Maybe remove it. line 2:5")]
    [InlineData("", "The text is empty. Maybe begin with apiVersion: lepton.dev/v1.")]
    [InlineData(" \n\t\n", "The text is empty. Maybe begin with apiVersion: lepton.dev/v1.")]
    [InlineData("# only a comment", "The text holds no document. Maybe begin with apiVersion: lepton.dev/v1.")]
    [InlineData("{\"labels\": {\"a\": \"\\ud800\"}}", "A string here holds half a character (a lone surrogate). Maybe remove the escape. line 1:18")]
    public void A_hostile_text_is_refused(string text, params string[] expected)
    {
        var errors = Texts.Refused(text);
        foreach (var e in expected) Assert.Contains(errors, found => found.StartsWith(e, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("a: [1, 2", 1)]
    [InlineData("a: b\n  c: d", 2)]
    [InlineData("a: \"open", 1)]
    [InlineData("a:\n\t- x", 2)]
    [InlineData("a: @x", 1)]
    [InlineData("key: [a}", 1)]
    [InlineData("- a\nb: c", 2)]
    [InlineData("%YAML 9.9\n---\na: 1", 1)]
    public void Malformed_yaml_is_refused_with_its_place(string text, int line)
    {
        var error = SpecReader.Read(text, SpecFormat.Yaml, SpecContext.None).Errors[0];
        Assert.Contains("Not valid YAML", error.Message, StringComparison.Ordinal);
        Assert.True(error.Line >= line, error.ToString());
        Assert.True(error.Column >= 1, error.ToString());
    }

    [Theory]
    [InlineData("{", 1, 2)]
    [InlineData("{\"a\": }", 1, 7)]
    [InlineData("{\"a\": 1,}", 1, 9)]
    [InlineData("{\n  \"ä\": 1\n  \"b\": 2\n}", 3, 3)]
    [InlineData("{'a': 1}", 1, 2)]
    [InlineData("{\"a\": 01}", 1, 8)]
    [InlineData("{\"a\": NaN}", 1, 7)]
    [InlineData("{} {}", 1, 4)]
    [InlineData("{} // x", 1, 4)]
    [InlineData("{\"a\": \"b\nc\"}", 1, 9)]
    public void Malformed_json_is_refused_with_its_place(string text, int line, int column)
    {
        var error = Assert.Single(SpecReader.Read(text, SpecFormat.Json, SpecContext.None).Errors);
        Assert.StartsWith("Not valid JSON: ", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("LineNumber", error.Message, StringComparison.Ordinal);
        Assert.Equal((line, column), (error.Line, error.Column));
    }

    [Fact]
    public void Places_in_json_count_characters_not_bytes()
    {
        var text = """{"apiVersion": "lepton.dev/v1", "kind": "Task", "labels": {"a": "ä😀"}, "name": "T",""" + "\n   \"run\": {\"handler\": \"noop\"}, \"x\": 1}";
        var errors = SpecReader.Read(text, SpecFormat.Json, SpecContext.None).Errors;
        Assert.Equal([(1, text.IndexOf("\"T\"", StringComparison.Ordinal) + 1), (2, 32)], errors.Select(e => (e.Line, e.Column)));
    }

    [Theory]
    [InlineData(SpecLimits.Depth - 1, true)]
    [InlineData(SpecLimits.Depth, false)]
    [InlineData(100_000, false)]
    public void Depth_is_limited(int lists, bool parsed)
    {
        var text = "{\"a\":" + new string('[', lists) + new string(']', lists) + "}";
        foreach (var format in new[] { SpecFormat.Yaml, SpecFormat.Json })
        {
            var watch = Stopwatch.StartNew();
            var errors = SpecReader.Read(text, format, SpecContext.None).Errors;
            Assert.Equal(!parsed, errors.Any(e => e.ToString().StartsWith("Lists and maps are nested deeper than 32. Maybe flatten them. line 1:", StringComparison.Ordinal)));
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{format} took {watch.Elapsed}");
        }
    }

    [Theory]
    [InlineData("- ")]
    [InlineData("? ")]
    [InlineData("[")]
    [InlineData("{")]
    [InlineData("a: {")]
    [InlineData("[a, ")]
    [InlineData("\"")]
    [InlineData("&a ")]
    [InlineData("x: y\n")]
    [InlineData("!!")]
    [InlineData("|\n ")]
    [InlineData("${")]
    [InlineData("#")]
    [InlineData("---\n")]
    [InlineData("%")]
    [InlineData("\\u0000")]
    [InlineData("{\"a\":")]
    [InlineData("\n")]
    [InlineData("'")]
    [InlineData("*a ")]
    [InlineData("-\n")]
    public void A_megabyte_of_anything_is_refused_in_bounded_time(string piece)
    {
        var text = string.Concat(Enumerable.Repeat(piece, SpecLimits.TextBytes / piece.Length));
        foreach (var format in new[] { SpecFormat.Yaml, SpecFormat.Json })
        {
            // The bound is far above what it takes (well under a second): it is there to catch quadratic behaviour.
            var watch = Stopwatch.StartNew();
            Assert.NotEmpty(SpecReader.Read(text, format, SpecContext.None).Errors);
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"{format} took {watch.Elapsed}");
        }
    }

    [Fact]
    public void A_text_over_the_limit_is_not_parsed()
    {
        var most = Texts.Task("# " + new string('x', SpecLimits.TextBytes));
        Assert.StartsWith("The text is 1,0", Texts.Refused(most)[0], StringComparison.Ordinal);
        Assert.Contains("the limit is 1,048,576", Texts.Refused(new string('ä', (SpecLimits.TextBytes / 2) + 1))[0], StringComparison.Ordinal);
        Assert.Contains("the limit is 1,048,576", SpecReader.Read(new byte[SpecLimits.TextBytes + 1], SpecFormat.Json, SpecContext.None).Errors[0].Message, StringComparison.Ordinal);
        var room = SpecLimits.TextBytes - Texts.Task("# ").Length;
        Texts.Accepted(Texts.Task("# " + new string('x', room)));
    }

    [Fact]
    public void Bytes_that_are_not_utf8_are_refused_with_their_place()
    {
        byte[] bytes = [.. Encoding.UTF8.GetBytes("a: 1\nb: ä"), 0xC3, 0x28];
        var error = Assert.Single(SpecReader.Read(bytes, SpecFormat.Yaml, SpecContext.None).Errors);
        Assert.Equal("The text is not UTF-8. Maybe save it as UTF-8. line 2:5", error.ToString());
    }

    [Fact]
    public void Half_characters_are_refused_with_their_place()
    {
        // Not an InlineData: attributes are stored as UTF-8 and cannot carry them.
        foreach (var half in new[] { "\ud800", "\udc00", "\ud800x" })
            Assert.StartsWith($"The text is not Unicode: U+{(int)half[0]:X4} is half a character. Maybe save it as UTF-8. line 1:5", Texts.Refused($"a: \"{half}\"")[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_are_limited_and_say_so()
    {
        var errors = Texts.Refused(Texts.Task(string.Concat(Enumerable.Range(0, 20_000).Select(i => $"x{i}: 1\n"))));
        Assert.Equal(SpecLimits.Errors + 1, errors.Length);
        Assert.Equal("These are the first 100 errors; there may be more. Maybe correct these first.", errors[^1]);
    }

    [Fact]
    public void Wrong_names_by_the_hundred_thousand_are_refused_in_bounded_time()
    {
        var names = string.Join(',', Enumerable.Range(0, 240).Select(i => $"q{i}"));
        var arguments = string.Concat(Enumerable.Range(0, 100).Select(i => $"${{{i}}}"));
        foreach (var task in new[] { $"dependsOn: [{names}], run: {{handler: noop}}", $"run: {{command: [a, '{arguments}']}}", $"placement: {{avoid: [{names}]}}, run: {{handler: noop}}" })
        {
            var job = Texts.Job(string.Concat(Enumerable.Range(0, 800).Select(i => $"- {{name: {new string('a', 55)}{i}, {task}}}\n")));
            var watch = Stopwatch.StartNew();
            Assert.Equal(SpecLimits.Errors + 1, Texts.Refused(job, Texts.Fleet).Length);
            Assert.True(watch.Elapsed < TimeSpan.FromSeconds(30), $"took {watch.Elapsed}");
        }
    }

    [Fact]
    public void A_tree_with_a_name_twice_is_not_given_out()
    {
        Assert.Null(SpecText.Parse("a: 1\na: 2", SpecFormat.Yaml, out var errors));
        Assert.Single(errors);
    }

    [Fact]
    public void Messages_show_hostile_values_short_and_harmless()
    {
        var name = "\u202e\u2028" + new string('x', 5_000);
        var error = Texts.Refused($"{{\"labels\": {{\"{name}\": 1}}}}")[^1];
        Assert.True(error.Length < 300, error);
        Assert.DoesNotContain('\u202e', error);
        Assert.Contains("\\u202e", error, StringComparison.Ordinal);
    }
}
