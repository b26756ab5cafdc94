using System.CommandLine;
using System.Reflection;
using Lepton.Contracts;
using Lepton.Hosting;
using Lepton.Linux;
using Lepton.Regions;

namespace Lepton.Silo;

/// <summary><c>Lepton.Silo FILE</c>: runs the region that the file describes until it is asked to stop.</summary>
public sealed class SiloCommand(TextWriter output, TextWriter error, CancellationToken stop)
{
    public async Task<int> Run(IReadOnlyList<string> arguments)
    {
        var file = new Argument<string>("file") { Description = "The region's file, YAML or JSON.", HelpName = "FILE" };
        var check = new Option<bool>("--check") { Description = "Only read the file: exit code 0 when nothing is wrong with it, 2 when something is." };
        var root = new RootCommand("Runs one region of Lepton: its silo, store, REST API and data endpoints in one process. SIGTERM stops it in order.") { file, check };
        root.SetAction((parsed, _) => Run(parsed.GetRequiredValue(file), parsed.GetValue(check)));
        var parsed = root.Parse(arguments);
        foreach (var wrong in parsed.Errors) await error.WriteLineAsync($"error: {wrong.Message}");
        if (parsed.Errors.Count > 0)
        {
            await error.WriteLineAsync("  See Lepton.Silo --help.");
            return SiloExit.Wrong;
        }

        return await parsed.InvokeAsync(new InvocationConfiguration { Output = output, Error = error, ProcessTerminationTimeout = null }, CancellationToken.None);
    }

    private async Task<int> Run(string path, bool check)
    {
        RegionConfiguration configuration;
        try
        {
            configuration = RegionConfigurationFile.Read(path);
        }
        catch (InvalidDataException wrong)
        {
            foreach (var line in wrong.Message.Split(Environment.NewLine)) await error.WriteLineAsync($"error: {line}");
            return SiloExit.Wrong;
        }

        if (check)
        {
            await output.WriteLineAsync($"{path}: region {configuration.Region} of {configuration.Fleet.Count}; nothing is wrong. {Places(configuration)}");
            return SiloExit.Stopped;
        }

        try
        {
            RegionPorts.RequireFree(configuration);
            if (StoreHolders.Of(configuration.StateFile) is { } holder)
            {
                await error.WriteLineAsync($"error: The store '{configuration.StateFile}' is in use by {holder}.");
                await error.WriteLineAsync("  Maybe the region runs already; else give it another dataFolder.");
                return SiloExit.Taken;
            }

            return await Serve(configuration);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return SiloExit.Stopped;
        }
        catch (PortInUseException taken)
        {
            foreach (var line in taken.Message.Split(Environment.NewLine)) await error.WriteLineAsync($"error: {line}");
            await error.WriteLineAsync($"  Maybe it runs already; else give it other ports in {path}.");
            return SiloExit.Taken;
        }
        catch (Exception failure) when (failure is StoreUnavailableException or InvalidOperationException or ArgumentException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync($"error: {failure.Message}");
            return SiloExit.Failed;
        }
    }

    private async Task<int> Serve(RegionConfiguration configuration)
    {
        using var memory = LibcMemory.KeepSmall();
        await using var region = await RegionHost.Start(configuration, stop);
        await output.WriteLineAsync($"Lepton.Silo {Version} serves region {configuration.Region} (pid {Environment.ProcessId}). {Places(configuration)}");
        await output.FlushAsync(CancellationToken.None);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(stop, region.Stopping);
        await Task.Delay(Timeout.InfiniteTimeSpan, either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (stop.IsCancellationRequested)
        {
            await error.WriteLineAsync($"Lepton.Silo {configuration.Region}: stopping; agents keep their tasks until their lease of {configuration.Times.NodeLease.TotalSeconds:0} s ends.");
            return SiloExit.Stopped;
        }

        await error.WriteLineAsync($"error: region {configuration.Region} stopped by itself. Maybe its log above says why; more with log: information in its file.");
        return SiloExit.Failed;
    }

    private static string Places(RegionConfiguration configuration) =>
        $"API {configuration.Http}api/v1  silo port {configuration.SiloPort}  gateway {configuration.Gateway}  store {configuration.StateFile}";

    private static string Version => typeof(SiloCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
