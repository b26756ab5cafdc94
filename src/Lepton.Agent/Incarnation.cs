using System.Globalization;

namespace Lepton.Agent;

/// <summary>The number of this start of the agent: larger than that of every start before it, also when the wall clock went back.</summary>
internal static class Incarnation
{
    public static long Next(string stateFolder)
    {
        var path = Path.Combine(stateFolder, "incarnation");
        var last = long.TryParse(WholeFile.Line(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
        var next = Math.Max(last + 1, DateTimeOffset.UtcNow.ToUnixTimeMilliseconds());
        try
        {
            WholeFile.Write(path, next.ToString(CultureInfo.InvariantCulture) + "\n");
        }
        catch (IOException failure) when (DiskTrouble.IsFull(failure))
        {
            // The wall clock alone has to do: an agent that adopts its tasks is worth more than one that waits for room.
        }

        return next;
    }
}
