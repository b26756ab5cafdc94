namespace Lepton.Sample.Data;

/// <summary>
/// Deals the rows of the published list to three regions: what is asked for in one shape on one day goes to one region, as
/// a team's burst would; bursts take turns in the order in which they begin.
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
        var bursts = new Dictionary<(Shape, long Day), int>();
        int Turn(PodRow row)
        {
            var burst = (row.Shape, row.Created / TimeSplit.SecondsPerDay);
            if (!bursts.TryGetValue(burst, out var place)) bursts.Add(burst, place = bursts.Count);
            return place % Regions.Length;
        }
        var dealt = kept.ToLookup(Turn);
        return [.. Regions.Select((region, turn) => (region, (IReadOnlyList<PodRow>)[.. dealt[turn]]))];
    }
}
