using System.Collections.Immutable;
using System.CommandLine;
using System.Reflection;
using Lepton.Cli.Doctor;
using Lepton.Cli.Output;
using Lepton.Client;
using Lepton.Linux;

namespace Lepton.Cli.Commands;

/// <summary><c>lepton doctor</c>: what is wrong with this machine or the fleet, and what to do. Exit code 1 when something fails.</summary>
internal static class DoctorCommand
{
    /// <summary>How long a region's own server may take to say its version.</summary>
    private static readonly TimeSpan PeerLimit = TimeSpan.FromSeconds(3);

    public static Command Create(Runner runner, IMachine machine)
    {
        var home = new Option<string?>("--home") { Description = $"State folder of a local fleet to look at. Default: {HomeFolder.Variable}, or a folder under your data directory.", HelpName = "DIR" };
        var data = new Option<string[]>("--data") { Description = "dataFolder of a silo to look at; may be given several times.", HelpName = "DIR" };
        var local = new Option<bool>("--machine-only") { Description = "Only this machine; no server is asked." };
        var library = new Option<string?>("--nvml-library") { Description = "The NVIDIA driver's library, for a machine where it lies elsewhere.", HelpName = "FILE" };
        var command = new Command("doctor", "Check this machine and the fleet; exit code 1 when something is wrong.") { home, data, local, library };
        runner.Bind(command, async (parsed, context) =>
        {
            var folder = Path.GetFullPath(parsed.GetValue(home) ?? HomeFolder.Of(context.Terminal.Environment));
            var stores = (parsed.GetValue(data) ?? []).Select(Path.GetFullPath).Concat(StoreChecks.FoldersOf(machine, folder));
            var found = ImmutableArray.CreateBuilder<Finding>();
            found.AddRange(MachineChecks.All(machine, folder, parsed.GetValue(library)));
            found.AddRange(PortChecks.All(machine));
            found.AddRange(StoreChecks.All(machine, stores));
            if (!parsed.GetValue(local)) found.AddRange(await Fleet(context));
            context.Print.Data(found.ToArray(), CliJson.Default.FindingArray, all => all.Select(f => f.Check), all => Show(context, all));
            return found.Any(f => f.Level == Finding.IsFailure) ? ExitCodes.Failure : ExitCodes.Done;
        });
        return command;
    }

    private static async Task<ImmutableArray<Finding>> Fleet(CommandContext context)
    {
        var version = typeof(DoctorCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
        var peers = new List<HttpClient>();
        try
        {
            return await new FleetChecks(context.Lepton, context.Server, Peer, context.Time, version).All(context.Cancel);
        }
        finally
        {
            foreach (var peer in peers) peer.Dispose();
        }

        HttpLepton Peer(Uri address)
        {
            peers.Add(HttpLepton.NewHttpClient(address, PeerLimit));
            return new HttpLepton(peers[^1], context.Time);
        }
    }

    private static void Show(CommandContext context, Finding[] found)
    {
        var width = found.Max(f => f.Check.Length);
        foreach (var finding in found)
        {
            context.Print.Line(finding.Level, $"  {finding.Check.PadRight(width)}  {finding.Message}");
            if (finding.Do is { } what) context.Print.Line($"      {"".PadRight(width)}  {what}");
        }

        var (failures, warnings) = (found.Count(f => f.Level == Finding.IsFailure), found.Count(f => f.Level == Finding.IsWarning));
        context.Print.Note($"{Words.Count(found.Length, "check")}, {Words.Count(failures, "failure")}, {Words.Count(warnings, "warning")}");
    }
}
