using System.CommandLine;
using System.Text.Json.Nodes;
using Lepton.Benchmarks.Openb;
using Lepton.Scheduling.Placement.Devices;
using Lepton.Scheduling.Placement.Devices.Pricing;

namespace Lepton.Benchmarks.Verbs;

/// <summary><c>openb</c>: GPU sharing on the Alibaba trace, by the protocol of the FGD paper (Weng et al., ATC 2023).</summary>
internal static class OpenbVerb
{
    private const int FirstSeed = 42;

    private static readonly Option<string> Folder = new("--data") { Required = true, Description = "folder with the openb lists" };
    private static readonly Option<string> Lists = new("--list") { DefaultValueFactory = _ => "default", Description = "a name, several with commas, or all" };
    private static readonly Option<string> Policies = new("--policy") { DefaultValueFactory = _ => "all", Description = "a name, several with commas, or all" };
    private static readonly Option<int> Seeds = new("--seeds") { DefaultValueFactory = _ => 10, Description = "so many seeds" };
    private static readonly Option<int> Seed = new("--seed") { DefaultValueFactory = _ => FirstSeed, Description = "the first seed; the paper starts at 42" };

    public static Command Create()
    {
        var command = new Command("openb", "GPU sharing on the Alibaba trace, ATC 2023") { Folder, Lists, Policies, Seeds, Seed };
        command.SetAction(Run);
        return command;
    }

    private static int Run(ParseResult parse)
    {
        var folder = parse.GetValue(Folder)!;
        if (!File.Exists(Path.Combine(folder, "openb_node_list_gpu_node.csv.gz")))
        {
            Console.Error.WriteLine($"No openb data in '{Path.GetFullPath(folder)}'. Maybe give another --data: it holds openb_node_list_gpu_node.csv.gz.");
            return 1;
        }

        var policies = parse.GetValue(Policies) is "all" or null
            ? DevicePolicies.All
            : [.. parse.GetValue(Policies)!.Split(',').Select(DevicePolicies.Named)];
        var lists = parse.GetValue(Lists) is "all" or null ? OpenbTrace.Lists(folder) : [.. parse.GetValue(Lists)!.Split(',')];
        var seeds = Enumerable.Range(parse.GetValue(Seed), parse.GetValue(Seeds)).ToList();
        foreach (var list in lists)
        {
            if (!OpenbTrace.Lists(folder).Contains(list))
            {
                Console.Error.WriteLine($"There is no openb list '{list}'. Maybe one of {string.Join(", ", OpenbTrace.Lists(folder))}.");
                return 1;
            }

            Measure(folder, OpenbTrace.Read(folder, list), policies, seeds);
        }

        return 0;
    }

    private static void Measure(string folder, OpenbTrace trace, IEnumerable<NamedDevicePolicy> policies, List<int> seeds)
    {
        var mix = trace.Mix;
        Figure.Print("openb", "ceiling_percent", 100 * AllocationCeiling.Of(mix), "%", ("list", trace.List), ("bound", "GPU only: share patterns and whole GPUs"));
        var runs = new Dictionary<string, List<double>>();
        foreach (var policy in policies)
        {
            var allocated = runs[policy.Name] = [.. seeds.Select(seed => OpenbRun.AllocatedAtFull(trace, mix, policy, seed))];
            Figure.Print(
                "openb",
                "allocated_at_100_percent",
                allocated.Average(),
                "%",
                ("policy", policy.Name),
                ("list", trace.List),
                ("seeds", seeds.Count),
                ("first_seed", seeds[0]),
                ("mean", Math.Round(allocated.Average(), 3)),
                ("standard_deviation", Math.Round(Deviation(allocated), 3)),
                ("published", OpenbReference.AllocatedAtFull(folder, trace.List, policy.Name)),
                ("over_fgd_paired", runs.TryGetValue("fgd", out var fgd) ? Math.Round(allocated.Zip(fgd, (a, b) => a - b).Average(), 3) : (JsonNode?)null),
                ("over_fgd_least", runs.TryGetValue("fgd", out fgd) ? Math.Round(allocated.Zip(fgd, (a, b) => a - b).Min(), 3) : (JsonNode?)null));
        }
    }

    /// <summary>Of the sample, as the published table has it.</summary>
    private static double Deviation(List<double> values)
    {
        var mean = values.Average();
        return values.Count < 2 ? 0 : Math.Sqrt(values.Sum(v => (v - mean) * (v - mean)) / (values.Count - 1));
    }
}
