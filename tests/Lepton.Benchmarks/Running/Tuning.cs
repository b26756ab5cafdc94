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
            var (name, value) = (pair.Split('=')[0], double.Parse(pair.Split('=')[1]));
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
                _ => throw new ArgumentException(
                    $"--around knows no '{name}'. Maybe one of swaps, reliefs, displacements, homes, toll, draws, targets, window."),
            };
        }

        return around;
    }
}
