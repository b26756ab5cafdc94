using System.CommandLine;
using System.Globalization;
using Lepton.Linux;

namespace Lepton.Local;

/// <summary>What a person may say on the command line of the local fleet.</summary>
public sealed record LocalOptions
{
    /// <summary>Regions that one machine is asked to host at most.</summary>
    public const int LargestFleet = 8;

    /// <summary>Agents of one region at most.</summary>
    public const int MostNodes = 16;

    /// <summary>Folder that holds everything durable.</summary>
    public required string Home { get; init; }

    public required IReadOnlyList<string> Regions { get; init; }

    /// <summary>The regions that this process hosts; empty: all. The others are hosted by other processes of this machine, started with the same names and ports.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>How long ended jobs, logs and artifacts are kept.</summary>
    public TimeSpan Retain { get; init; } = TimeSpan.FromDays(7);

    /// <summary>First HTTP port; the second region takes the next one, and so on.</summary>
    public required int HttpPort { get; init; }

    /// <summary>First port between silos, and first port of the gateways.</summary>
    public required int SiloPort { get; init; }

    public required int GatewayPort { get; init; }

    /// <summary>Cores that each agent offers.</summary>
    public required int Cpus { get; init; }

    /// <summary>Agents of each region, each a node.</summary>
    public required int Nodes { get; init; }

    /// <summary>Which devices each agent offers, in the words of the agent's own option.</summary>
    public string Devices { get; init; } = "none";

    /// <summary>Labels of nodes; see <see cref="Agents.NodeSettings"/>.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    public IReadOnlyList<string> Taints { get; init; } = [];

    public required bool Once { get; init; }

    public required bool RunSample { get; init; }

    public required bool Verbose { get; init; }

    /// <summary>Where <c>LEPTON_HOME</c> points, else a folder under the user's data directory.</summary>
    public static string DefaultHome => HomeFolder.Of(Environment.GetEnvironmentVariable);

    /// <summary>The root command; <paramref name="run"/> gets the options and returns the exit code.</summary>
    public static RootCommand Command(Func<LocalOptions, CancellationToken, Task<int>> run)
    {
        var once = new Option<bool>("--once") { Description = "Leave when the sample has ended: 0 when it succeeded, 1 when not." };
        var noSample = new Option<bool>("--no-sample") { Description = "Start the regions only." };
        var verbose = new Option<bool>("--verbose") { Description = "Show the silos' own log lines." };
        var home = new Option<string>("--home") { Description = "Folder for all state.", DefaultValueFactory = _ => DefaultHome, HelpName = "DIR" };
        var regions = new Option<string>("--regions") { Description = "Names, separated by commas.", DefaultValueFactory = _ => "us-east,eu-west,ap-south", HelpName = "NAMES" };
        var only = new Option<string>("--only") { Description = "Host only these of the regions; others are hosted by other processes with the same --regions and ports.", DefaultValueFactory = _ => "", HelpName = "NAMES" };
        var retain = new Option<TimeSpan>("--retain") { Description = "How long ended jobs, logs and artifacts are kept: 7d, 6h, 90m, 120s. At least 1m.", DefaultValueFactory = _ => TimeSpan.FromDays(7), CustomParser = Duration, HelpName = "TIME" };
        var http = Port("--port", "First HTTP port; one for each region from here on.", 8080);
        var silo = Port("--silo-port", "First silo port.", 11111);
        var gateway = Port("--gateway-port", "First gateway port.", 30001);
        var cpus = new Option<int>("--cpus") { Description = "Cores that each agent offers.", DefaultValueFactory = _ => Math.Max(2, Environment.ProcessorCount), HelpName = "N" };

        var nodes = new Option<int>("--nodes") { Description = "Agents of each region, each a node.", DefaultValueFactory = _ => 1, HelpName = "N" };
        var devices = new Option<string>("--devices") { Description = "Devices that each agent offers: none, emulated:8xH100, or auto (the driver's) where there is one agent only.", DefaultValueFactory = _ => "none", HelpName = "WHICH" };
        var labels = new Option<string[]>("--label") { Description = "A label of every node, or of one: zone=a, n01:zone=a, us-east/n01:zone=a. May be given several times.", HelpName = "KEY=VALUE" };
        var taints = new Option<string[]>("--taint") { Description = "A taint of every node, or of one: team=x:NoSchedule, n01:team=x:NoSchedule. May be given several times.", HelpName = "KEY=VALUE:EFFECT" };
        var root = new RootCommand("Starts several regions of Lepton on this machine, each a cluster of its own, and runs the sample job.");
        foreach (var option in new Option[] { once, noSample, verbose, home, regions, only, retain, http, silo, gateway, cpus, nodes, devices, labels, taints }) root.Options.Add(option);
        root.SetAction((parsed, cancel) =>
        {
            var options = new LocalOptions
            {
                Home = Path.GetFullPath(parsed.GetValue(home)!),
                Regions = Names(parsed.GetValue(regions)!),
                Only = Names(parsed.GetValue(only)!),
                Retain = parsed.GetValue(retain),
                HttpPort = parsed.GetValue(http),
                SiloPort = parsed.GetValue(silo),
                GatewayPort = parsed.GetValue(gateway),
                Cpus = parsed.GetValue(cpus),
                Nodes = parsed.GetValue(nodes),
                Devices = parsed.GetValue(devices)!,
                Labels = parsed.GetValue(labels) ?? [],
                Taints = parsed.GetValue(taints) ?? [],
                Once = parsed.GetValue(once),
                RunSample = !parsed.GetValue(noSample),
                Verbose = parsed.GetValue(verbose),
            };
            return run(options, cancel);
        });
        return root;
    }

    /// <summary>Everything that is wrong with these options; empty = fine.</summary>
    public IEnumerable<string> Errors()
    {
        if (Regions.Count is 0 or > LargestFleet) yield return $"--regions takes 1 to {LargestFleet} names, {Regions.Count} were given. Maybe us-east,eu-west,ap-south.";
        foreach (var name in Regions.Where(n => n.Length > 40 || !char.IsAsciiLetterLower(n[0]) || n.Any(c => !char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c != '-')))
        {
            yield return $"Region '{name}' is not a name: 1 to 40 of a-z, 0-9 and -, a letter first.";
        }

        foreach (var twice in Regions.GroupBy(n => n).Where(g => g.Count() > 1)) yield return $"Region '{twice.Key}' is named {twice.Count()} times.";
        if (Cpus is < 1 or > 1024) yield return $"--cpus {Cpus} is out of range. Maybe {Environment.ProcessorCount}; 1 to 1024 are allowed.";
        foreach (var name in Only.Where(n => !Regions.Contains(n))) yield return $"--only names '{name}', which is none of the regions. Maybe one of {string.Join(", ", Regions)}.";
        if (Only.Count > 0 && RunSample) yield return "--only hosts a part of the fleet, and the sample needs all of it. Maybe add --no-sample.";
        if (Retain < TimeSpan.FromMinutes(1)) yield return $"--retain {Retain} is too short: what has just ended could not be read any more. Maybe 1m.";
        if (Nodes is < 1 or > MostNodes) yield return $"--nodes {Nodes} is out of range. Maybe 2; 1 to {MostNodes} are allowed.";
        if (!Devices.StartsWith("emulated:", StringComparison.Ordinal) && Devices is not ("none" or "auto"))
            yield return $"--devices '{Devices}' is not known. Maybe none, auto or emulated:8xH100.";
        if (Devices == "auto" && Math.Max(1, Regions.Count) * Nodes > 1)
            yield return $"--devices auto would let {Regions.Count * Nodes} agents of this machine offer the same devices. Maybe emulated:8xH100, or one region with one node.";
        foreach (var error in Agents.NodeSettings.Errors(this)) yield return error;
        int[] firsts = [HttpPort, SiloPort, GatewayPort];
        foreach (var port in firsts.Where(p => p is < 1024 or > 65000)) yield return $"Port {port} is out of range. Maybe 8080; 1024 to 65000 are allowed.";
        Array.Sort(firsts);
        for (var i = 1; i < firsts.Length; i++)
        {
            if (firsts[i] - firsts[i - 1] < Regions.Count) yield return $"Ports {firsts[i - 1]} and {firsts[i]} are less than {Regions.Count} apart, and each of the {Regions.Count} regions needs its own. Maybe keep the three ranges further apart.";
        }
    }

    private static TimeSpan Duration(System.CommandLine.Parsing.ArgumentResult given)
    {
        var text = given.Tokens.Count == 1 ? given.Tokens[0].Value : "";
        var unit = text.Length > 1 ? "smhd".IndexOf(text[^1], StringComparison.Ordinal) : -1;
        if (unit >= 0 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var number))
            return number * new[] { TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1), TimeSpan.FromHours(1), TimeSpan.FromDays(1) }[unit];
        given.AddError($"'{text}' is not a time. Maybe 7d, 6h, 90m or 120s.");
        return default;
    }

    private static string[] Names(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static Option<int> Port(string name, string description, int standard) =>
        new(name) { Description = description, DefaultValueFactory = _ => standard, HelpName = "PORT" };
}
