using System.CommandLine;
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
return await root.Parse(args).InvokeAsync();
