using Lepton.Cuda.Contexts;
using Lepton.GpuChecks;
using Lepton.GpuChecks.Checks;

// Without a verb: all checks, one JSON line each. The verbs are what the checks start as children.
return args switch
{
    [ContextChild.Verb, var library] => ContextChild.Run(library, Console.Out),
    ["hold", var mebibytes] => CudaChild.Hold(long.Parse(mebibytes)),
    ["fault"] => CudaChild.Fault(),
    ["count"] => CudaChild.Count(),
    [] => await Checklist.Run(60),
    ["--quick"] => await Checklist.Run(5),
    _ => Usage(),
};

static int Usage()
{
    Console.Error.WriteLine("usage: Lepton.GpuChecks [--quick]   (checks this machine's GPUs; resets nothing and changes no setting)");
    return 2;
}
