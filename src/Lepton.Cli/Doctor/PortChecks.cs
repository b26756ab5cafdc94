namespace Lepton.Cli.Doctor;

/// <summary>Whether the ports that a local fleet takes by default are free, or whose they are.</summary>
internal static class PortChecks
{
    private static readonly (string What, int First)[] Ranges = [("API", 8080), ("silo", 11111), ("gateway", 30001)];

    private const int Regions = 3;

    public static IEnumerable<Finding> All(IMachine machine)
    {
        foreach (var (what, first) in Ranges)
        {
            var taken = Enumerable.Range(first, Regions).Where(p => !machine.IsFree(p)).ToList();
            if (taken.Count == 0)
            {
                yield return Finding.Ok("ports", $"{what}: {first} to {first + Regions - 1} are free");
                continue;
            }

            var holders = taken.GroupBy(p => machine.HolderOfPort(p)).ToList();
            var said = $"{what}: " + string.Join("; ", holders.Select(h => $"{string.Join(", ", h)} in use by {h.Key?.ToString() ?? "a connection that nobody listens on"}"));
            yield return holders.All(h => h.Key?.Name?.StartsWith("Lepton.", StringComparison.Ordinal) == true)
                ? Finding.Ok("ports", said)
                : Finding.Warn("ports", said, $"Only a problem for a new local fleet: lepton up takes others with --port, --silo-port, --gateway-port.");
        }
    }
}
