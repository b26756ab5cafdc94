using Lepton.Client;
using Lepton.Client.Wire;

namespace Lepton.Cli.Output;

/// <summary>Errors in words: what is wrong with its values, every single place, what to do.</summary>
internal sealed class ErrorPrinter(Terminal terminal, bool verbose)
{
    public void Print(LeptonException e)
    {
        terminal.Error.WriteLine(Harmless.Text($"error: {e.Message}"));
        var several = e.Problem.Errors is { IsDefaultOrEmpty: false } errors ? errors : [];
        if (several.Length > 1 || e.Code is not (ProblemCodes.InvalidSpec or ProblemCodes.MalformedJson))
        {
            foreach (var one in several) terminal.Error.WriteLine(Harmless.Text($"  {Line(one)}"));
        }

        if (e.Problem.Hint is { } hint) terminal.Error.WriteLine(Harmless.Text($"  {hint}"));
        if (verbose) terminal.Error.WriteLine($"  code {e.Code}, status {e.Problem.Status}{(e.Problem.TraceId is { } id ? $", trace {id}" : "")}");
    }

    public void Print(string message, string? hint)
    {
        terminal.Error.WriteLine(Harmless.Text($"error: {message}"));
        if (hint is not null) terminal.Error.WriteLine(Harmless.Text($"  {hint}"));
    }

    public static string Line(ProblemError e)
    {
        var place = e.Path is { } path && !e.Message.Contains(path, StringComparison.Ordinal) ? $"{path}: " : "";
        return $"{place}{e.Message}{(e.Hint is { } hint ? $" {hint}" : "")}";
    }
}
