using System.Text.RegularExpressions;

namespace Lepton.Cli.Fleets;

/// <summary>GPUs of a local fleet's agents: only emulated ones, and only when that is said.</summary>
internal static partial class EmulatedGpus
{
    private const string UsualModel = "H100";
    private const int Most = 64;

    /// <summary>The agent's words for what was asked; null: no devices. The agent itself judges models.</summary>
    /// <exception cref="UsageException">No list, or the two options contradict each other.</exception>
    public static string? Of(string? gpus, bool emulated)
    {
        if (gpus is null) return emulated ? throw new UsageException("--emulated says how GPUs are to be had, and none are asked for.", "Maybe add --gpus 8.") : null;
        var match = Form().Match(gpus);
        if (!match.Success) throw new UsageException($"--gpus is '{gpus}', which is neither a number nor a list of numbers and models.", "Maybe 8, or 8xH100,2xA100.");
        var wanted = gpus.Split(',').Sum(part => long.Parse(Digits().Match(part).ValueSpan, System.Globalization.CultureInfo.InvariantCulture));
        if (wanted is < 1 or > Most) throw new UsageException($"--gpus {gpus} asks for {wanted} GPUs of each agent; 1 to {Most} can be had.", "Maybe 8, and more --nodes.");
        if (!emulated)
        {
            throw new UsageException(
                $"--gpus {gpus}: GPUs of a fleet that lepton up starts are emulated, and never without being told so.",
                "Maybe add --emulated; an agent finds real ones by itself (Lepton.Agent --devices auto).");
        }

        return "emulated:" + (gpus.All(char.IsAsciiDigit) ? $"{gpus}x{UsualModel}" : gpus);
    }

    [GeneratedRegex(@"\A(\d{1,6}|\d{1,6}x[A-Za-z0-9-]{1,20}(,\d{1,6}x[A-Za-z0-9-]{1,20})*)\z")]
    private static partial Regex Form();

    [GeneratedRegex(@"\A\d+")]
    private static partial Regex Digits();
}
