using System.Globalization;
using Lepton.Scheduling.Annealing;

namespace Lepton.Benchmarks.Running;

/// <summary>A neighbourhood from the command line, to try another mix of moves: <c>toll=2,swaps=0.4</c>.</summary>
internal static class Tuning
{
    public static Neighbourhood Parse(string? text)
    {
        var around = new Neighbourhood();
        foreach (var pair in (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            var (name, number) = pair.Split('=', 2) is [var n, var v] ? (n, v) : throw Wrong(pair);
            if (!double.TryParse(number, NumberStyles.Float, CultureInfo.InvariantCulture, out var value) || !(value >= 0 && value <= 1e6)) throw Wrong(pair);
            around = name switch
            {
                "swaps" => around with { Swaps = value },
                "reliefs" => around with { Reliefs = value },
                "displacements" => around with { Displacements = value },
                "homes" => around with { Homes = value },
                "toll" => around with { Toll = value },
                "draws" => around with { Draws = (int)value },
                "targets" => around with { Targets = (int)value },
                "window" => around with { SwapWindow = value },
                _ => throw Wrong(pair),
            };
        }

        return around;
    }

    private static UsageException Wrong(string pair) => new(
        $"--around has '{pair}', which is no NAME=NUMBER. Maybe one of swaps, reliefs, displacements, homes, toll, draws, targets, window, as in swaps=0.3,toll=2.");
}
