namespace Lepton.Specs.Tests;

/// <summary>What this server does not support is refused by name and place, in every place it can stand in.</summary>
public sealed class CapabilitiesTests
{
    [Theory]
    [InlineData("redundancy: {copies: 2, spread: region, accept: first}", "redundancy")]
    [InlineData("estimate:\n  gpuUtil: 0.9", "estimate.gpuUtil", 6, 3)]
    [InlineData("budget: {maxUsd: 120, maxHourlyUsd: 25, onExceed: hold}", "budget")]
    [InlineData("spot: never", "spot")]
    [InlineData("preemption:\n  maxMoves: 2", "preemption.maxMoves", 6, 3)]
    [InlineData("checkpoint:\n  path: s3://ckpt/x", "checkpoint.path", 6, 3)]
    public void An_unsupported_field_is_refused_by_name(string field, string name, int line = 5, int column = 1)
    {
        Texts.RefusedWith(Texts.Task(field), $"{name} is not supported by this server. line {line}:{column}");
        var atTop = Texts.Refused(Texts.Job("- {name: a, run: {handler: noop}}", field))[0];
        Assert.StartsWith(name == "checkpoint.path" ? "checkpoint is not supported at this place. " : $"{name} is not supported by this server. ", atTop, StringComparison.Ordinal);
        var inTask = Texts.Job("- name: a\n  run: {handler: noop}\n  " + field.Replace("\n", "\n  ", StringComparison.Ordinal));
        Assert.StartsWith($"tasks[0].{name} is not supported by this server. ", Assert.Single(Texts.Refused(inTask)), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("args: {a: 1}")]
    [InlineData("secrets: {A: b}")]
    public void An_unsupported_way_to_run_is_refused_by_name(string field) =>
        Texts.RefusedWith(Texts.Task(run: $"run: {{command: [a], {field}}}"), $"run.{field.Split(':')[0]} is not supported by this server. line 4:21");

    [Theory]
    [InlineData("array: {count: 2}", "array is not supported at this place. Maybe use kind: TaskArray. line 5:1")]
    [InlineData("inputs: {x: [file:///a]}", "inputs is not supported at this place. Maybe use kind: Job. line 5:1")]
    [InlineData("tasks: []", "tasks is not supported at this place. Maybe use kind: Job. line 5:1")]
    [InlineData("dependsOn: [afterok:t-001]", "dependsOn is not supported at this place. Maybe use kind: Job and put it into the entries of tasks. line 5:1")]
    public void A_field_of_another_kind_is_refused_with_that_kind(string field, string expected) => Texts.RefusedWith(Texts.Task(field), expected);

    [Theory]
    [InlineData("run: {command: [a]}", "run.command is not supported at this place. Maybe put it into the entries of tasks. line 4:7")]
    [InlineData("outputs: [a]", "outputs is not supported at this place. Maybe put it into the entries of tasks. line 4:1")]
    [InlineData("checkpoint: {every: 1m}", "checkpoint is not supported at this place. Maybe put it into the entries of tasks. line 4:1")]
    [InlineData("dependsOn: [a]", "dependsOn is not supported at this place. Maybe put it into the entries of tasks. line 4:1")]
    [InlineData("array: {count: 3}", "array is not supported at this place. Maybe use kind: TaskArray. line 4:1")]
    [InlineData("grid: {a: [1]}", "grid: there is no such field here. Maybe tasks[].grid. line 4:1")]
    [InlineData("split: {by: count}", "split: there is no such field here. Maybe tasks[].split. line 4:1")]
    public void A_field_that_a_job_cannot_hand_down_is_refused(string field, string expected) =>
        Texts.RefusedWith(Texts.Job("- {name: a, run: {handler: noop}}", field), expected);

    [Theory]
    [InlineData("outputs: [a]", "outputs", "5:10")]
    [InlineData("timeLimit: 1h", "timeLimit", "5:12")]
    [InlineData("checkpoint: {every: 1m}", "checkpoint", "5:13")]
    public void What_the_noop_handler_cannot_honour_is_refused_by_name(string field, string name, string at)
    {
        Texts.RefusedWith(Texts.Task(field, "run: {handler: noop}"), $"{name}: is not supported with run.handler noop, which runs no process. Maybe remove it, or run a command. line {at}");
        var error = Assert.Single(Texts.Refused(Texts.Job($"- name: a\n  run: {{handler: noop}}\n  {field}")));
        Assert.StartsWith($"tasks[0].{name}: is not supported with run.handler noop,", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("workdir: /a")]
    [InlineData("env: {A: b}")]
    public void A_folder_or_an_environment_of_the_noop_handler_is_refused(string field)
    {
        var name = $"run.{field.Split(':')[0]}";
        Assert.StartsWith($"{name}: is not supported with run.handler noop,", Assert.Single(Texts.Refused(Texts.Task(run: $"run: {{handler: noop, {field}}}"))), StringComparison.Ordinal);
        var inherited = Texts.Job("- {name: a, run: {handler: noop}}\n- {name: b, run: {command: [x]}}\n- {name: c, run: {handler: noop}}", $"run: {{{field}}}");
        Assert.StartsWith(
            $"{name}: is not supported with run.handler noop of task a, which runs no process. Maybe give it to the tasks that run a command.",
            Assert.Single(Texts.Refused(inherited)),
            StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("cpus: 2", "cpus: there is no such field here. Maybe resources.cpus. line 5:1")]
    [InlineData("command: [a]", "command: there is no such field here. Maybe run.command. line 5:1")]
    [InlineData("timelimit: 1h", "timelimit: did you mean timeLimit? line 5:1")]
    [InlineData("lables: {}", "lables: did you mean labels? line 5:1")]
    [InlineData("retry: {mxa: 1}", "mxa: did you mean max? line 5:9")]
    [InlineData("retry: {jitter: 1}", "jitter: there is no such field here. Maybe one of max, backoff, on. line 5:9")]
    [InlineData("redundency: {copies: 2}", "redundency: did you mean redundancy? line 5:1")]
    public void An_unknown_field_is_refused_with_the_nearest_or_its_home(string field, string expected) => Texts.RefusedWith(Texts.Task(field), expected);

    [Fact]
    public void What_is_not_supported_is_read_all_the_same_where_everything_is()
    {
        var document = ReadAll(Everything, out var errors);
        Assert.Empty(errors);
        Assert.Equal(new AcceleratorsDocument { Choices = [new("H100", 8, 8), new("A100", 4, 16)], Ordered = true }, document.Resources!.Accelerators);
        Assert.Equal((40L << 30, 0.5m, "3g.40gb", ">=9.0", Interconnect.Nvlink), (document.Resources.GpuMemoryBytes, document.Resources.Fraction, document.Resources.Mig, document.Resources.ComputeCapability, document.Resources.Interconnect));
        Assert.Equal([new ConstraintDocument { Attribute = "driver", Operator = ConstraintOperator.GreaterOrEqual, Value = "570" }], document.Placement!.Constraints);
        Assert.Equal("""{"lr":0.1,"layers":[1,true,"x"]}""", document.Run!.Args);
        Assert.Equal(new RedundancyDocument { Copies = 3, Spread = SpreadLevel.Region, Accept = AcceptRule.Majority, Result = "r.json" }, document.Redundancy);
        Assert.Equal(new BudgetDocument { MaxUsd = 120, MaxHourlyUsd = 2.5m, OnExceed = OnExceed.Hold }, document.Budget);
        Assert.Equal((SpotUse.Only, Durability.Buddy, SpecKind.Gang), (document.Spot, document.Durability, document.Kind));
        var again = ReadAll(SpecText.ToYaml(document), out errors);
        Assert.Empty(errors);
        Assert.Equal(document, again);
        Assert.Equal(document, ReadAll(SpecText.ToJson(document), out _));
    }

    [Theory]
    [InlineData("resources: {accelerators: H100}", "H100", 1, 1)]
    [InlineData("resources: {accelerators: 'H100:8'}", "H100", 8, 8)]
    [InlineData("resources: {accelerators: {H100: 8}}", "H100", 8, 8)]
    [InlineData("resources: {accelerators: 'H100:4..8'}", "H100", 4, 8)]
    [InlineData("resources: {accelerators: {any_of: ['H100:8']}}", "H100", 8, 8)]
    public void Accelerators_are_read_in_all_their_forms(string field, string model, int least, int most)
    {
        var document = ReadAll(Texts.Task(field), out var errors);
        Assert.Empty(errors);
        Assert.Equal([new AcceleratorChoice(model, least, most)], document.Resources!.Accelerators!.Choices);
    }

    [Theory]
    [InlineData("resources: {accelerators: 'H100:8..4'}")]
    [InlineData("resources: {accelerators: 'H100:0'}")]
    [InlineData("resources: {accelerators: 8}")]
    [InlineData("resources: {accelerators: {H100: 8, A100: 4}}")]
    [InlineData("resources: {accelerators: {any_of: []}}")]
    [InlineData("resources: {accelerators: {any_of: [{H100: [1]}]}}")]
    [InlineData("resources: {fraction: 1.5}")]
    [InlineData("resources: {interconnect: ethernet}")]
    [InlineData("placement: {constraints: [{attribute: driver, operator: '~', value: '1'}]}")]
    [InlineData("placement: {constraints: [{attribute: driver}]}")]
    [InlineData("placement: {residency: ['EU*']}")]
    [InlineData("placement: {spread: {by: planet}}")]
    [InlineData("redundancy: {copies: 0}")]
    [InlineData("gang: {minAvailable: 2}")]
    [InlineData("deadline: soon")]
    [InlineData("estimate: {gpuUtil: 1.1}")]
    [InlineData("budget: {maxUsd: -1}")]
    [InlineData("spot: maybe")]
    public void Bad_values_are_found_also_in_fields_of_later_servers(string field)
    {
        ReadAll(Texts.Task(field), out var errors);
        Assert.NotEmpty(errors);
    }

    private static JobDocument ReadAll(string text, out IReadOnlyList<SpecError> errors)
    {
        var found = new ErrorList();
        var tree = SpecText.Parse(text, SpecFormat.Detect, found);
        Assert.NotNull(tree);
        var document = SpecReader.ReadDocument(tree, SpecContext.None, Capabilities.All, found);
        Assert.NotNull(document);
        errors = found.ToImmutable();
        return document;
    }

    private const string Everything =
        """
        apiVersion: lepton.dev/v1
        kind: gang
        name: all
        labels: {a: b}
        queue: train
        priority: 1
        durability: buddy
        array: {count: 3}
        run: {handler: finetune, args: {lr: 0.1, layers: [1, true, x]}, image: "img:1", secrets: {TOKEN: hf}}
        resources:
          accelerators: {ordered: [{H100: 8}, "A100:4..16"]}
          gpuMemory: 40GiB
          fraction: 0.5
          mig: 3g.40gb
          cpus: 32+
          memory: 400Gi+
          computeCapability: ">=9.0"
          interconnect: NVLink
        placement:
          regions: [us-east]
          ordered: true
          residency: [eu-*]
          avoid: [us-east/n1]
          nodeSelector: {zone: a}
          constraints: [{attribute: driver, operator: ">=", value: "570"}]
          tolerations: [{key: gpu, operator: equal, value: h100, effect: noSchedule}, {key: old, operator: Exists}]
          affinity: {tasks: {app: cache}, by: zone, mode: prefer}
          antiAffinity: [{by: node}, {tasks: {app: web}, by: rack, mode: Require}]
          spread: {by: zone, count: 2, maxPerDomain: 3, maxSkew: 1}
          dataLocality: {inputs: [{uri: "file:///d", sizeGiB: 412, region: us-east}], mode: require, maxEgressUsd: 20}
        redundancy: {copies: 3, spread: region, accept: majority, result: r.json}
        gang: {size: 4, minAvailable: 2, sameRegion: true}
        timeLimit: 6h
        deadline: 2026-11-24T08:00:00Z
        startAfter: 2026-11-23T20:00:00Z
        retry: {max: 3, backoff: 30s, on: [preempted]}
        preemption: {preemptible: true, graceSeconds: 60, maxMoves: 2}
        checkpoint: {every: 10m, path: "s3://ckpt/x"}
        estimate: {runtime: 3h40m, gpuUtil: 0.9}
        budget: {maxUsd: 120, maxHourlyUsd: 2.5, onExceed: hold}
        spot: only
        """;
}
