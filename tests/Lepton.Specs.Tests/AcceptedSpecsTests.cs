using Lepton.Model;

namespace Lepton.Specs.Tests;

/// <summary>Good specs, and what they come to.</summary>
public sealed class AcceptedSpecsTests
{
    [Fact]
    public void A_small_task_has_the_defaults()
    {
        var spec = Texts.Accepted(Texts.Task());
        Assert.Equal(("Task", "t", "default", 50, 1), (spec.Kind, spec.Name, spec.Queue, spec.Priority, spec.TaskCount));
        Assert.Equal(TenantId.Default, spec.Tenant);
        var group = Assert.Single(spec.Groups);
        Assert.Equal(("t", 0, 1), (group.Name, group.First, group.Count));
        Assert.Empty(group.Inputs);
        Assert.Empty(group.GridRows);
        Assert.Empty(group.DependsOn);
        var template = group.Template;
        Assert.Equal(["a"], template.Command);
        Assert.Equal(new Demand(new Capacity(1_000, 512L << 20)), template.Demand);
        Assert.Equal(RetryPolicy.Default, template.Retry);
        Assert.Equal(TimeSpan.FromSeconds(10), template.Grace);
        Assert.False(template.InAgentNoOp);
        Assert.Null(template.TimeLimit);
        Assert.Null(template.StartAfter);
        Assert.Null(template.CheckpointEvery);
        Assert.Null(template.Workdir);
    }

    [Fact]
    public void Every_field_of_a_task_reaches_the_template()
    {
        var spec = Texts.Accepted(Texts.Task(
            """
            labels: {team: nlp, 'x/y': 3, on: true}
            queue: default
            priority: 100
            durability: Region
            resources: {cpus: 0.25, memory: 400Gi+}
            placement: {regions: [us-east, eu-west], avoid: [eu-west/n04, ap-south]}
            timeLimit: 3h40m
            startAfter: 2026-11-23T21:00:00+01:00
            retry: {max: 7, backoff: 30s, on: [PREEMPTED, nodelost, exitNonZero, outOfMemory, leaseExpired, deviceFault]}
            preemption: {graceSeconds: 60}
            checkpoint: {every: 10m}
            outputs: [model.zip, logs/*.csv]
            """,
            """run: {command: [python, 3, "a b\tc\nd"], workdir: /srv/x, env: {B: 2, A: ''}}"""));
        var template = spec.Groups[0].Template;
        Assert.Equal(100, spec.Priority);
        Assert.Equal(["python", "3", "a b\tc\nd"], template.Command);
        Assert.Equal("/srv/x", template.Workdir);
        Assert.Equal([new("A", ""), new("B", "2")], template.Env);
        Assert.Equal([new("on", "true"), new("team", "nlp"), new("x/y", "3")], template.Labels);
        Assert.Equal(template.Labels, spec.Labels);
        Assert.Equal(new Demand(new Capacity(250, 400L << 30)), template.Demand);
        Assert.Equal([new("us-east"), new("eu-west")], template.Regions);
        Assert.Equal(["eu-west/n04", "ap-south"], template.Avoid);
        Assert.Equal(new TimeSpan(3, 40, 0), template.TimeLimit);
        Assert.Equal(new DateTimeOffset(2026, 11, 23, 20, 0, 0, TimeSpan.Zero), template.StartAfter);
        Assert.Equal((7, TimeSpan.FromSeconds(30)), (template.Retry.Max, template.Retry.Backoff));
        Assert.Equal(
            [AttemptEndCause.Preempted, AttemptEndCause.NodeLost, AttemptEndCause.ExitNonZero, AttemptEndCause.OutOfMemory, AttemptEndCause.LeaseExpired, AttemptEndCause.DeviceFault],
            template.Retry.On);
        Assert.Equal(TimeSpan.FromSeconds(60), template.Grace);
        Assert.Equal(TimeSpan.FromMinutes(10), template.CheckpointEvery);
        Assert.Equal(["model.zip", "logs/*.csv"], template.Outputs);
    }

    [Fact]
    public void An_array_is_one_group_of_its_count()
    {
        var spec = Texts.Accepted($"{Texts.Header}kind: taskarray\nname: a\narray: {{count: 1000000}}\nrun: {{handler: noop}}");
        Assert.Equal(("TaskArray", 1_000_000), (spec.Kind, spec.TaskCount));
        Assert.True(spec.Groups[0].Template.InAgentNoOp);
        Assert.Empty(spec.Groups[0].Template.Command);
        Assert.Contains("kind: TaskArray", spec.Source, StringComparison.Ordinal);
    }

    [Fact]
    public void The_job_of_the_documentation_is_split_by_inputs_and_grid()
    {
        var spec = Texts.Accepted(DocumentationTests.Blocks("yaml").Single(b => b.Contains("duration-model", StringComparison.Ordinal)));
        Assert.Equal(["train", "pick"], spec.Groups.Select(g => g.Name));
        var (train, pick) = (spec.Groups[0], spec.Groups[1]);
        Assert.Equal((0, 8), (train.First, train.Count));
        Assert.Equal((8, 1), (pick.First, pick.Count));
        Assert.Equal(["train"], pick.DependsOn);
        Assert.Equal(new InputRef("file:///data/us.csv.gz", new RegionId("us-east"), 0), train.InputOf(3));
        Assert.Equal(new InputRef("file:///data/eu.csv.gz", new RegionId("eu-west"), 0), train.InputOf(4));
        Assert.Equal([new("leaves", "40"), new("trees", "50")], train.GridOf(1));
        Assert.Equal([new("leaves", "20"), new("trees", "200")], train.GridOf(2));
        Assert.Equal(2, pick.Template.Retry.Max);
        Assert.Equal(RetryPolicy.Default.On, pick.Template.Retry.On);
    }

    [Fact]
    public void Tasks_inherit_field_by_field_and_join_labels_and_environment()
    {
        var spec = Texts.Accepted(Texts.Job(
            """
            - name: own
              labels: {b: own}
              run: {command: [x], env: {B: own}, workdir: /own}
              resources: {memory: 1GiB}
              placement: {regions: []}
              timeLimit: 1m
              retry: {max: 0}
              preemption: {graceSeconds: 5}
            - name: plain
              run: {command: [x]}
            """,
            """
            labels: {a: job, b: job}
            run: {workdir: /job, env: {A: job, B: job}}
            resources: {cpus: 4, memory: 2GiB}
            placement: {regions: [us-east], avoid: [us-east/n1]}
            timeLimit: 1h
            startAfter: 2026-11-24T08:00Z
            retry: {max: 9, backoff: 5s, on: []}
            preemption: {graceSeconds: 7}
            """));
        var own = spec.Groups[0].Template;
        Assert.Equal([new("a", "job"), new("b", "own")], own.Labels);
        Assert.Equal([new("A", "job"), new("B", "own")], own.Env);
        Assert.Equal("/own", own.Workdir);
        Assert.Equal(new Capacity(4_000, 1L << 30), own.Demand.Capacity);
        Assert.Empty(own.Regions);
        Assert.Equal(["us-east/n1"], own.Avoid);
        Assert.Equal(TimeSpan.FromMinutes(1), own.TimeLimit);
        Assert.Equal((0, TimeSpan.FromSeconds(5), 0), (own.Retry.Max, own.Retry.Backoff, own.Retry.On.Length));
        Assert.Equal(TimeSpan.FromSeconds(5), own.Grace);
        var plain = spec.Groups[1].Template;
        Assert.Equal(("/job", TimeSpan.FromHours(1), 9), (plain.Workdir, plain.TimeLimit, plain.Retry.Max));
        Assert.Equal(new Capacity(4_000, 2L << 30), plain.Demand.Capacity);
        Assert.Equal(TimeSpan.FromSeconds(7), plain.Grace);
        Assert.Equal(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero), plain.StartAfter);
        Assert.Equal([new("a", "job"), new("b", "job")], spec.Labels);
    }

    [Theory]
    [InlineData("file:///data//x/./y.csv", "file:///data/x/y.csv")]
    [InlineData("file://./shards/us.csv.gz", "file:///home/me/specs/shards/us.csv.gz")]
    [InlineData("file://localhost/data/x.csv", "file:///data/x.csv")]
    [InlineData("file://./us.csv.gz", "file:///home/me/specs/us.csv.gz")]
    [InlineData("artifact:ABCDEF0123456789abcdef0123456789abcdef0123456789abcdef0123456789", "artifact:abcdef0123456789abcdef0123456789abcdef0123456789abcdef0123456789")]
    public void Input_uris_are_made_canonical(string uri, string expected)
    {
        var spec = Texts.Accepted(Texts.Job("- {name: a, split: {by: inputs, of: x}, run: {command: [a]}}", $"inputs: {{x: ['{uri}', {{uri: file:///b, region: us-east}}]}}"), Texts.InFolder);
        Assert.Equal([new InputRef(expected, null, 0), new InputRef("file:///b", new RegionId("us-east"), 0)], spec.Groups[0].Inputs);
    }

    [Theory]
    [InlineData("/home/a#b", "holds '#'")]
    [InlineData("/home/../x", "leads upwards")]
    [InlineData(null, "is longer than 1024 characters")]
    public void A_folder_that_would_make_the_stored_uri_unreadable_is_refused(string? folder, string expected)
    {
        var context = new SpecContext { BaseFolder = folder ?? "/" + new string('x', SpecLimits.ShortChars) };
        var job = Texts.Job("- {name: a, run: {handler: noop}}", "inputs: {x: ['file://./a']}");
        Assert.Contains(expected, Assert.Single(Texts.Refused(job, context)), StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => new SpecContext { BaseFolder = "relative" });
    }

    [Fact]
    public void The_same_spec_as_json_and_as_yaml_is_the_same_document()
    {
        var json = DocumentationTests.Blocks("json").Single();
        var yaml = "apiVersion: lepton.dev/v1\nkind: Task\nname: hello\nrun: {command: [/bin/echo, hello]}\nresources: {cpus: 500m, memory: 0.5GiB}";
        Assert.Equal(Texts.Document(json), Texts.Document(yaml));
    }

    [Fact]
    public void Bytes_with_a_byte_order_mark_and_a_document_start_are_read()
    {
        byte[] utf8 = [0xEF, 0xBB, 0xBF, .. System.Text.Encoding.UTF8.GetBytes("# comment\r\n---\r\n" + Texts.Task("labels: {a: \"ä€😀\"}").ReplaceLineEndings("\r\n") + "...\r\n")];
        var result = SpecReader.Read(utf8, SpecFormat.Yaml, SpecContext.None);
        Assert.Equal("ä€😀", Assert.Single(result.Spec!.Labels).Value);
    }
}
