using System.CommandLine;
using System.CommandLine.Invocation;
using Lepton.Benchmarks;
using Lepton.Benchmarks.Verbs;

// One verb a file in Verbs/; each prints one JSON line per figure.
var root = new RootCommand("Measures Lepton: one JSON line per figure.")
{
    AnnealVerb.Create(),
    RoadefVerb.Create(),
    OpenbVerb.Create(),
    PlacementVerb.Create(),
    QueueVerb.Create(),
    WorldVerb.Create(),
    DevicesVerb.Create(),
    EndToEndVerb.Create(),
    EndToEndVerb.CreateRegion(),
    LongRunVerb.Create(),
    FuzzVerb.Create(),
};
var parsed = root.Parse(args);
if (parsed.Action is ParseErrorAction)
{
    foreach (var error in parsed.Errors) Console.Error.WriteLine(error.Message);
    Console.Error.WriteLine("Maybe --help says more.");
    return UsageException.ExitCode;
}

try
{
    return await parsed.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (Exception error)
{
    var asked = error is UsageException or InvalidDataException;
    Console.Error.WriteLine(asked ? error.Message : error.ToString());
    return asked ? UsageException.ExitCode : 1;
}
