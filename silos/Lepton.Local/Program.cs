using Lepton.Client;
using Lepton.Contracts;
using Lepton.Linux;
using Lepton.Local;
using Lepton.Local.Regions;
using Lepton.Local.Sample;
using Lepton.Regions;
using Spectre.Console;

var parsed = LocalOptions.Command(Run).Parse(args);
foreach (var wrong in parsed.Errors) await Console.Error.WriteLineAsync($"error: {wrong.Message}");
if (parsed.Errors.Count > 0) return 2;
return await parsed.InvokeAsync(new() { ProcessTerminationTimeout = null });

static async Task<int> Run(LocalOptions options, CancellationToken _)
{
    using var signals = new StopSignals();
    var errors = options.Errors().ToList();
    foreach (var error in errors) await Console.Error.WriteLineAsync($"error: {error}");
    if (errors.Count > 0) return 2;

    var plans = RegionPlan.For(options);
    try
    {
        RegionPorts.RequireFree(RegionPlan.Hosted(options).Select(p => p.ToConfiguration(plans, options.Verbose)));
    }
    catch (PortInUseException taken)
    {
        foreach (var line in taken.Message.Split(Environment.NewLine)) await Console.Error.WriteLineAsync($"error: {line}");
        await Console.Error.WriteLineAsync("  Maybe another fleet runs; else take others with --port, --silo-port, --gateway-port.");
        return 1;
    }

    if (Console.IsOutputRedirected) AnsiConsole.Profile.Width = 400;       // no terminal: lines stay whole
    AnsiConsole.MarkupLineInterpolated($"Lepton: {options.Regions.Count} region{(options.Regions.Count == 1 ? "" : "s")} on this machine, state in {options.Home}");
    using var memory = LibcMemory.KeepSmall();
    await using var fleet = new LocalFleet(options);
    return await RunFleet(fleet, options, signals.Asked);
}

static async Task<int> RunFleet(LocalFleet fleet, LocalOptions options, CancellationToken stop)
{
    try
    {
        await fleet.Start(stop);
        AnsiConsole.MarkupLineInterpolated($" API {fleet.Regions[0].Configuration.Http}api/v1 (development mode: no authentication, this machine only)   Ctrl-C stops");
        var succeeded = !options.RunSample || await new SampleRun(fleet, options).Run(stop);
        if (options.Once) return succeeded ? 0 : 1;
        await Task.Delay(Timeout.InfiniteTimeSpan, stop);
        return 0;
    }
    catch (OperationCanceledException) when (stop.IsCancellationRequested)
    {
        AnsiConsole.MarkupLine(" stopping: tasks end as preempted and go on with the next start");
        return options.Once ? 130 : 0;
    }
    catch (Exception error) when (error is StoreUnavailableException or PortInUseException or LeptonException or InvalidOperationException or ArgumentException or IOException or UnauthorizedAccessException)
    {
        await Console.Error.WriteLineAsync($"error: {error.Message}");
        return 1;
    }
}
