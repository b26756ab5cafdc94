using System.Globalization;
using System.Text;

namespace Lepton.Specs.Tests;

/// <summary>Texts of up to a megabyte that are made rather than kept: each once cost, or could cost, more than its length.</summary>
internal static class LargeTexts
{
    private const int Bytes = SpecLimits.TextBytes - 100;

    public static IReadOnlyDictionary<string, Func<string>> All { get; } = new Dictionary<string, Func<string>>(StringComparer.Ordinal)
    {
        ["large-over-the-limit"] = () => Texts.Task("# " + new string('x', SpecLimits.TextBytes)),
        ["large-one-line"] = () => new string('x', Bytes),
        ["large-one-name"] = () => "{\"" + new string('x', Bytes) + "\": 1}",
        ["large-one-argument"] = () => Texts.Task(run: $"run: {{command: [{new string('x', Bytes)}]}}"),
        ["large-argument-over-the-limit"] = () => Texts.Task(run: $"run: {{command: [{new string('x', SpecLimits.ValueChars + 1)}]}}"),
        ["large-brackets"] = () => new string('[', Bytes),
        ["large-dashes"] = () => Repeated("- "),
        ["large-question-marks"] = () => Repeated("? "),
        ["large-anchors"] = () => "a: [" + Repeated("&a b,") + "]",
        ["large-tags"] = () => "a: [" + Repeated("!a b,") + "]",
        ["large-flow-lines"] = () => "a: [" + Repeated("a\n,") + "]",
        ["large-quoted-lines"] = () => "a: \"" + Repeated("b\n ") + "\"",
        ["large-unknown-fields"] = () => Texts.Task(Filled(i => Invariant($"x{i}: 1\n"))),
        ["large-same-field-deep"] = () => Repeated("{\"nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn\":", 30) + "{" + Filled(_ => "\"a\":1,").TrimEnd(',') + "}" + new string('}', 30),
        ["large-lists-as-names"] = () => "{" + Repeated("[a]: 1, ", Bytes / 8) + "}",
        ["large-labels"] = () => Texts.Task("labels: {" + Filled(i => Invariant($"k{i}: v, ")) + "}"),
        ["large-command"] = () => Texts.Task(run: "run: {command: [" + Repeated("a, ", Bytes / 4) + "]}"),
        ["large-grid-of-lists"] = () => Texts.Job(Filled(i => Invariant($"- {{name: t{i}, run: {{command: [a]}}, grid: {{a: [{Repeated("[],", 9_999)}]}}}}\n"))),
        ["large-tasks"] = () => Texts.Job(Filled(i => Invariant($"- {{name: t{i}, run: {{command: [a]}}}}\n"))),
        ["large-inherited-escapes"] = () => Inheriting("$${"),
        ["large-inherited-placeholders"] = () => Inheriting("${index}"),
        ["large-inputs-times-regions"] = InputsTimesRegions,
        ["large-nearly-right-dependencies"] = () => NearlyRight((name, wrong) => $"- {{name: {name}, run: {{command: [a]}}, dependsOn: [{wrong}]}}\n"),
        ["large-nearly-right-placeholders"] = () => NearlyRight((name, wrong) => $"- {{name: {name}, run: {{command: [\"${{outputs.{wrong}}}\"]}}}}\n"),
    };

    private static string Inheriting(string piece)
    {
        var env = string.Join(", ", Enumerable.Range(0, 30).Select(i => Invariant($"E{i}: \"{Repeated(piece, 30_000 / piece.Length)}\"")));
        return Texts.Job(string.Concat(Enumerable.Range(0, 1_000).Select(i => Invariant($"- {{name: t{i}, run: {{command: [a]}}}}\n"))), $"run: {{env: {{{env}}}}}");
    }

    private static string InputsTimesRegions()
    {
        var regions = string.Join(", ", Enumerable.Repeat("us-east", 1).Concat(["eu-west"]));
        var inputs = Repeated("{uri: \"file:///a\", region: ap-south}, ", 9_000);
        var tasks = string.Concat(Enumerable.Range(0, 1_000).Select(i => Invariant($"- {{name: t{i}, split: {{by: inputs, of: p}}, run: {{command: [a]}}}}\n")));
        return Texts.Job(tasks, $"placement: {{regions: [{regions}]}}\ninputs: {{p: [{inputs}]}}");
    }

    private static string NearlyRight(Func<string, string, string> task)
    {
        var same = new string('a', 55);
        return Texts.Job(string.Concat(Enumerable.Range(0, 1_000).Select(i => task(Invariant($"{same}{i:x6}"), Invariant($"{same}zz{i:x5}")))));
    }

    private static string Repeated(string piece, int? times = null) => string.Concat(Enumerable.Repeat(piece, times ?? (Bytes / piece.Length)));

    private static string Filled(Func<int, string> piece)
    {
        var text = new StringBuilder();
        for (var i = 0; ; i++)
        {
            var next = piece(i);
            if (text.Length + next.Length > Bytes - 2_000) return text.ToString();
            text.Append(next);
        }
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
