using System.CommandLine;
using System.Globalization;
using Lepton.Cli.Fleets;
using Lepton.Linux;

namespace Lepton.Cli.Commands;

/// <summary><c>lepton up</c>: regions and agents on this machine, for development, until Ctrl-C. This process becomes the fleet's.</summary>
internal static class UpCommand
{
    public static Command Create(Runner runner, Action<string, IReadOnlyList<string>> become)
    {
        var regions = new Option<string>("--regions")
        {
            Description = $"How many (1 to {RegionNames.Most}), or their names, separated by commas.", DefaultValueFactory = _ => "3", HelpName = "N|NAMES",
        };
        var nodes = Arguments.Number("--nodes", "Agents of each region, each a node. Default: 1.", 1, 16);
        var gpus = new Option<string?>("--gpus") { Description = "GPUs of each agent: 8, or 8xH100,2xA100. Needs --emulated.", HelpName = "N|LIST" };
        var emulated = new Option<bool>("--emulated") { Description = "The GPUs are emulated; they are never anything else without a driver." };
        var home = new Option<string?>("--home") { Description = $"Folder for all state. Default: {HomeFolder.Variable}, or a folder under your data directory.", HelpName = "DIR" };
        var port = Arguments.Number("--port", "First HTTP port; one for each region from here on. Default: 8080.", 1024, 65_000);
        var silo = Arguments.Number("--silo-port", "First silo port. Default: 11111.", 1024, 65_000);
        var gateway = Arguments.Number("--gateway-port", "First gateway port. Default: 30001.", 1024, 65_000);
        var cpus = Arguments.Number("--cpus", "Cores that each agent offers. Default: all, 2 at least.", 1, 1024);
        var labels = new Option<string[]>("--label") { Description = "A label of every node, or of one: zone=a, n01:zone=a, us-east/n01:zone=a. May be given several times.", HelpName = "KEY=VALUE" };
        var taints = new Option<string[]>("--taint") { Description = "A taint of every node, or of one: team=x:NoSchedule, n01:team=x:NoSchedule. May be given several times.", HelpName = "KEY=VALUE:EFFECT" };
        var sample = new Option<bool>("--sample") { Description = "Run the sample job as well." };
        var command = new Command("up", "Start a fleet on this machine, for development; Ctrl-C stops it.") { regions, nodes, gpus, emulated, home, port, silo, gateway, cpus, labels, taints, sample };
        runner.Bind(command, async (parsed, context) =>
        {
            context.RefuseOutput("up writes lines for people");
            if (parsed.GetValue(runner.Globals.Timeout) is not null) throw new UsageException("--timeout means nothing here: up stays until it is stopped.", "Maybe timeout 60 lepton up.");
            var arguments = new List<string> { "--regions", string.Join(',', RegionNames.Of(parsed.GetValue(regions)!)) };
            void Pass(string name, int? value)
            {
                if (value is { } number) arguments.AddRange([name, number.ToString(CultureInfo.InvariantCulture)]);
            }

            Pass("--nodes", parsed.GetValue(nodes));
            Pass("--port", parsed.GetValue(port));
            Pass("--silo-port", parsed.GetValue(silo));
            Pass("--gateway-port", parsed.GetValue(gateway));
            Pass("--cpus", parsed.GetValue(cpus));
            if (EmulatedGpus.Of(parsed.GetValue(gpus), parsed.GetValue(emulated)) is { } devices) arguments.AddRange(["--devices", devices]);
            foreach (var label in parsed.GetValue(labels) ?? []) arguments.AddRange(["--label", label]);
            foreach (var taint in parsed.GetValue(taints) ?? []) arguments.AddRange(["--taint", taint]);
            arguments.AddRange(["--home", Path.GetFullPath(parsed.GetValue(home) ?? HomeFolder.Of(context.Terminal.Environment))]);
            if (!parsed.GetValue(sample)) arguments.Add("--no-sample");
            if (parsed.GetValue(runner.Globals.Verbose)) arguments.Add("--verbose");
            var program = LocalProgram.Find(AppContext.BaseDirectory);
            await context.Terminal.Out.FlushAsync(context.Cancel);
            become(LocalProgram.Dotnet(context.Terminal.Environment), [program, .. arguments]);
            return ExitCodes.Done;
        });
        return command;
    }
}
