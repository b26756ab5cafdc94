using System.CommandLine;

namespace Lepton.Local;

/// <summary>What a person may say on the command line of the local fleet.</summary>
public sealed record LocalOptions
{
    /// <summary>Folder that holds everything durable.</summary>
    public required string Home { get; init; }

    public required IReadOnlyList<string> Regions { get; init; }

    /// <summary>First HTTP port; the second region takes the next one, and so on.</summary>
    public required int HttpPort { get; init; }

    /// <summary>First port between silos, and first port of the gateways.</summary>
    public required int SiloPort { get; init; }

    public required int GatewayPort { get; init; }

    /// <summary>Cores that each region's agent offers.</summary>
    public required int Cpus { get; init; }

    public required bool Once { get; init; }

    public required bool RunSample { get; init; }

    public required bool Verbose { get; init; }

    /// <summary>Where <c>LEPTON_HOME</c> points, else a folder under the user's data directory.</summary>
    public static string DefaultHome =>
        Environment.GetEnvironmentVariable("LEPTON_HOME") is { Length: > 0 } home
            ? Path.GetFullPath(home)
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData, Environment.SpecialFolderOption.Create), "lepton");

    /// <summary>The root command; <paramref name="run"/> gets the options and returns the exit code.</summary>
    public static RootCommand Command(Func<LocalOptions, CancellationToken, Task<int>> run)
    {
        var once = new Option<bool>("--once") { Description = "Leave when the sample has ended: 0 when it succeeded, 1 when not." };
        var noSample = new Option<bool>("--no-sample") { Description = "Start the regions only." };
        var verbose = new Option<bool>("--verbose") { Description = "Show the silos' own log lines." };
        var home = new Option<string>("--home") { Description = "Folder for all state.", DefaultValueFactory = _ => DefaultHome, HelpName = "DIR" };
        var regions = new Option<string>("--regions") { Description = "Names, separated by commas.", DefaultValueFactory = _ => "us-east,eu-west,ap-south", HelpName = "NAMES" };
        var http = Port("--port", "First HTTP port; one for each region from here on.", 8080);
        var silo = Port("--silo-port", "First silo port.", 11111);
        var gateway = Port("--gateway-port", "First gateway port.", 30001);
        var cpus = new Option<int>("--cpus") { Description = "Cores that each region's agent offers.", DefaultValueFactory = _ => Math.Max(2, Environment.ProcessorCount), HelpName = "N" };
        cpus.Validators.Add(r => { if (r.GetValueOrDefault<int>() is < 1 or > 1024) r.AddError("--cpus must be 1 to 1024."); });

        var root = new RootCommand("Starts several regions of Lepton on this machine, each a cluster of its own, and runs the sample job.");
        foreach (var option in new Option[] { once, noSample, verbose, home, regions, http, silo, gateway, cpus }) root.Options.Add(option);
        root.SetAction((parsed, cancel) =>
        {
            var options = new LocalOptions
            {
                Home = Path.GetFullPath(parsed.GetValue(home)!),
                Regions = parsed.GetValue(regions)!.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries),
                HttpPort = parsed.GetValue(http),
                SiloPort = parsed.GetValue(silo),
                GatewayPort = parsed.GetValue(gateway),
                Cpus = parsed.GetValue(cpus),
                Once = parsed.GetValue(once),
                RunSample = !parsed.GetValue(noSample),
                Verbose = parsed.GetValue(verbose),
            };
            return run(options, cancel);
        });
        return root;
    }

    private static Option<int> Port(string name, string description, int standard)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard, HelpName = "PORT" };
        option.Validators.Add(r =>
        {
            var port = r.GetValueOrDefault<int>();
            if (port is < 1024 or > 65000) r.AddError($"{name} {port} is out of range. Maybe {standard}; 1024 to 65000 are allowed.");
        });
        return option;
    }
}
