using System.Globalization;

namespace Lepton.Benchmarks.LongRuns;

/// <summary>One job to submit: what it is, and whether it is cancelled soon after.</summary>
internal sealed record LoadJob(string Kind, string Spec, int Tasks, bool Cancel);

/// <summary>What is submitted: mostly no-ops, some arrays, real processes with logs and outputs, chains, guests of other regions, cancels.</summary>
internal sealed class LoadMix(Random random)
{
    private int _number;

    public LoadJob Next(string owner)
    {
        _number++;
        var name = string.Create(CultureInfo.InvariantCulture, $"n{_number}");
        var place = random.Next(3) == 0 ? $", \"placement\": {{\"regions\": [\"{LongRunOptions.Regions[random.Next(LongRunOptions.Regions.Count)]}\"]}}" : "";
        return random.Next(100) switch
        {
            < 50 => new LoadJob("noop", Task(name, "\"run\": {\"handler\": \"noop\"}", place), 1, false),
            < 68 => new LoadJob(
                "array",
                $$$"""{"apiVersion": "lepton.dev/v1", "kind": "TaskArray", "name": "{{{name}}}", "array": {"count": 8}, "run": {"handler": "noop"}, "resources": {"cpus": 0.1, "memory": "16MiB"}{{{place}}}}""",
                8,
                false),
            < 84 => new LoadJob("process", Task(name, Process(), place + ", \"outputs\": [\"*.bin\"]"), 1, false),
            < 92 => new LoadJob("chain", Chain(name), 2, false),
            _ => new LoadJob("cancelled", Task(name, Shell("sleep 8"), $", \"placement\": {{\"regions\": [\"{owner}\"]}}"), 1, true),
        };
    }

    private static string Task(string name, string run, string more) =>
        $$"""{"apiVersion": "lepton.dev/v1", "kind": "Task", "name": "{{name}}", {{run}}, "resources": {"cpus": 0.1, "memory": "16MiB"}, "preemption": {"graceSeconds": 1}{{more}}}""";

    private string Process() => Shell(string.Create(
        CultureInfo.InvariantCulture,
        $"i=0; while [ $i -lt {random.Next(5, 60)} ]; do echo line $i of $LEPTON_TASK_ID; i=$((i+1)); done; head -c {random.Next(1_000, 60_000)} /dev/urandom > $LEPTON_OUTPUT_DIR/x.bin; sleep 0.{random.Next(0, 9)}"));

    private static string Shell(string script) => $"\"run\": {{\"command\": [\"/bin/sh\", \"-c\", \"{script}\"]}}";

    private static string Chain(string name) =>
        $$$"""
        {"apiVersion": "lepton.dev/v1", "kind": "Job", "name": "{{{name}}}", "resources": {"cpus": 0.1, "memory": "16MiB"}, "tasks": [
          {"name": "make", "run": {"command": ["/bin/sh", "-c", "head -c 20000 /dev/urandom > $LEPTON_OUTPUT_DIR/made.bin"]}, "outputs": ["made.bin"]},
          {"name": "use", "dependsOn": ["make"], "run": {"command": ["/bin/sh", "-c", "test $(find $0 -type f -size +19k | wc -l) = 1", "${outputs.make}"]}}]}
        """;
}
