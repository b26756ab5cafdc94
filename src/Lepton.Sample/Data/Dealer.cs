namespace Lepton.Sample.Data;

/// <summary>Deals the rows of the published list to three regions, one after the other in order of submission.</summary>
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
        return [.. Regions.Select((region, turn) =>
            (region, (IReadOnlyList<PodRow>)[.. kept.Where((_, place) => place % Regions.Length == turn)]))];
    }
}
