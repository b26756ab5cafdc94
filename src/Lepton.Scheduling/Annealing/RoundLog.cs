using System.Collections.Immutable;
using System.Globalization;

namespace Lepton.Scheduling.Annealing;

/// <summary>Moves of every round of a search: with the seed, all it takes to run it again to the bit.</summary>
/// <remarks>As text, runs of equal rounds are joined: <c>1900000x180,1500000x20</c>; a search of equal rounds may be named by its total alone.</remarks>
public sealed record RoundLog(ImmutableArray<(long Moves, int Rounds)> Runs)
{
    /// <summary>Equal rounds.</summary>
    public static RoundLog Even(long moves, int rounds) => new([(moves / rounds, rounds)]);

    public int Rounds => Runs.Sum(r => r.Rounds);

    public long Moves => Runs.Sum(r => r.Moves * r.Rounds);

    /// <summary>Moves expected when the search began: the first round, over and over.</summary>
    public long Planned => Runs[0].Moves * Rounds;

    /// <param name="text">What <see cref="ToString"/> wrote, or a total.</param>
    /// <param name="rounds">Rounds of a total.</param>
    /// <exception cref="FormatException">The text is neither.</exception>
    public static RoundLog Parse(string text, int rounds)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var total)) return Even(total, rounds);
        var runs = ImmutableArray.CreateBuilder<(long Moves, int Rounds)>();
        foreach (var run in text.Split(','))
        {
            var times = run.IndexOf('x', StringComparison.Ordinal);
            if (times < 0
                || !long.TryParse(run.AsSpan(0, times), NumberStyles.None, CultureInfo.InvariantCulture, out var moves)
                || !int.TryParse(run.AsSpan(times + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                || count == 0)
            {
                throw new FormatException($"'{run}' in '{text}' is no number of moves. Maybe a total like 400000000, or rounds like 1900000x180,1500000x20.");
            }

            runs.Add((moves, count));
        }

        return new RoundLog(runs.ToImmutable());
    }

    public override string ToString() => Runs.Length == 1
        ? Moves.ToString(CultureInfo.InvariantCulture)
        : string.Join(',', Runs.Select(r => string.Create(CultureInfo.InvariantCulture, $"{r.Moves}x{r.Rounds}")));
}
