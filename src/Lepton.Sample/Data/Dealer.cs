namespace Lepton.Sample.Data;

/// <summary>
/// Deals the rows of the published list to three regions: all tasks of one shape go to one region, as a team works where
/// its data lies; shapes take turns in the order in which they first appear.
/// </summary>
internal static class Dealer
{
    public static readonly string[] Regions = ["us-east", "eu-west", "ap-south"];

    public static IReadOnlyList<(string Region, IReadOnlyList<PodRow> Rows)> Deal(IReadOnlyList<PodRow> rows)
    {
        // The trace is a window: tasks that were there at its first second began earlier, and tasks deleted at its last
        // second went on. Their real occupation is unknown, so they are no examples of anything.
        var end = rows.Count == 0 ? 0 : rows.Max(row => row.Deleted);
        var kept = rows
            .Where(row => row is { Shape.Gpus: > 0, Scheduled: not null, Created: > 0 } && row.Deleted < end)
            .OrderBy(row => row.Created).ThenBy(row => row.Name, StringComparer.Ordinal)
            .ToList();
        var turns = new Dictionary<Shape, int>();
        int Turn(PodRow row)
        {
            if (!turns.TryGetValue(row.Shape, out var turn)) turns.Add(row.Shape, turn = turns.Count % Regions.Length);
            return turn;
        }
        var dealt = kept.ToLookup(Turn);
        return [.. Regions.Select((region, turn) => (region, (IReadOnlyList<PodRow>)[.. dealt[turn]]))];
    }
}
