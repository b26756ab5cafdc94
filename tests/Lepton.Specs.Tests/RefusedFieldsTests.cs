namespace Lepton.Specs.Tests;

/// <summary>Bad values, one by one: the message names the value and the place, and says what to do.</summary>
public sealed class RefusedFieldsTests
{
    [Theory]
    // Line 5 is where the field stands; columns count from 1.
    [InlineData("priority: 101", "priority: 101 is not a whole number from 0 to 100. Maybe 100. line 5:11")]
    [InlineData("priority: -1", "priority: -1 is not a whole number from 0 to 100. Maybe 0. line 5:11")]
    [InlineData("priority: \"50\"", "priority: \"50\" is not a whole number from 0 to 100. Maybe 50, without quotes. line 5:11")]
    [InlineData("priority: 1.5", "priority: 1.5 is not a whole number from 0 to 100. Maybe 2. line 5:11")]
    [InlineData("priority: high", "priority: \"high\" is not a whole number from 0 to 100. line 5:11")]
    [InlineData("priority:", "priority has no value. Maybe leave it out, or give a whole number from 0 to 100. line 5:10")]
    [InlineData("queue: Train", "queue: \"Train\" is not a name: 1 to 63 of a-z, 0-9 and -. Maybe train. line 5:8")]
    [InlineData("durability: buddy", "durability: buddy is not supported by this server. Maybe region. line 5:13")]
    [InlineData("durability: regoin", "durability: \"regoin\" is not region. Maybe region. line 5:13")]
    [InlineData("labels: [a]", "labels: a list is not a map of labels. Maybe {name: value}. line 5:9")]
    [InlineData("labels: {a b: c}", "labels.a b: \"a b\" is not a label name: 1 to 63 letters, digits and . _ / - in between. line 5:10")]
    [InlineData("labels: {a: [x]}", "labels.a: a list is not a label value. line 5:13")]
    [InlineData("labels: {a: \"x\\u0007\"}", "labels.a: \"x\\u0007\" holds the control character U+0007. Maybe remove it. line 5:13")]
    [InlineData("labels: {a: \"x\\ny\"}", "labels.a: \"x\\u000ay\" holds the control character U+000A. Maybe remove it. line 5:13")]
    [InlineData("resources: {cpus: two}", "resources.cpus: \"two\" is not a number of cores. Maybe 0.5. line 5:19")]
    [InlineData("resources: {cpus: 2 cores}", "resources.cpus: \"2 cores\" is not a number of cores. Maybe 2. line 5:19")]
    [InlineData("resources: {cpus: 0}", "resources.cpus: 0 is outside the limit: at least 0.001. Maybe 0.5. line 5:19")]
    [InlineData("resources: {cpus: 0.0001}", "resources.cpus: 0.0001 is not a number of cores. Maybe 0.5. line 5:19")]
    [InlineData("resources: {cpus: 10001}", "resources.cpus: 10001 is outside the limit: at most 10000. Maybe 0.5. line 5:19")]
    [InlineData("resources: {cpus: 1e3}", "resources.cpus: 1e3 is not a number of cores. Maybe 1. line 5:19")]
    [InlineData("resources: {cpus: -1}", "resources.cpus: -1 is not a number of cores. Maybe 0.5. line 5:19")]
    [InlineData("resources: {memory: 40GB}", "resources.memory: \"40GB\" is not a size. Maybe 40GiB. line 5:21")]
    [InlineData("resources: {memory: 512}", "resources.memory: 512 is not a size. Maybe 512MiB. line 5:21")]
    [InlineData("resources: {memory: 1KiB}", "resources.memory: \"1KiB\" is outside the limit: at least 1MiB. Maybe 40GiB. line 5:21")]
    [InlineData("resources: {memory: 9000000PiB}", "resources.memory: \"9000000PiB\" is not a size. Maybe 40GiB. line 5:21")]
    [InlineData("resources: {memory: true}", "resources.memory: true is not a size. Maybe 40GiB. line 5:21")]
    [InlineData("timeLimit: 6 hours", "timeLimit: \"6 hours\" is not a duration. Maybe 6h. line 5:12")]
    [InlineData("timeLimit: 90", "timeLimit: 90 is not a duration. Maybe 90s. line 5:12")]
    [InlineData("timeLimit: 0s", "timeLimit: \"0s\" is outside the limit: at least 1ms. Maybe 10m. line 5:12")]
    [InlineData("timeLimit: 366d", "timeLimit: \"366d\" is outside the limit: at most 365d. Maybe 10m. line 5:12")]
    [InlineData("timeLimit: 1m1h", "timeLimit: \"1m1h\" is not a duration. Maybe 10m. line 5:12")]
    [InlineData("timeLimit: {a: b}", "timeLimit: a map is not a duration. Maybe 10m. line 5:12")]
    [InlineData("startAfter: 2026-11-23T20:00:00", "startAfter: \"2026-11-23T20:00:00\" is not a point in time with a zone (ISO 8601). Maybe 2026-11-23T20:00:00Z. line 5:13")]
    [InlineData("startAfter: 2026-11-23", "startAfter: \"2026-11-23\" is not a point in time with a zone (ISO 8601). Maybe 2026-11-23T00:00:00Z. line 5:13")]
    [InlineData("startAfter: tomorrow", "startAfter: \"tomorrow\" is not a point in time with a zone (ISO 8601). Maybe 2026-11-24T08:00:00Z. line 5:13")]
    [InlineData("retry: 3", "retry: 3 is not a map of fields. line 5:8")]
    [InlineData("retry: {max: 101}", "retry.max: 101 is not a whole number from 0 to 100. Maybe 100. line 5:14")]
    [InlineData("retry: {backoff: -1s}", "retry.backoff: \"-1s\" is not a duration. Maybe 10m. line 5:18")]
    [InlineData("retry: {on: [nodeLots]}", "retry.on[0]: \"nodeLots\" is not one of preempted, nodeLost, leaseExpired, deviceFault, outOfMemory, exitNonZero. Maybe nodeLost. line 5:14")]
    [InlineData("retry: {on: [nodeLost, NODELOST]}", "retry.on[1]: \"NODELOST\" stands twice. Maybe remove one of them. line 5:24")]
    [InlineData("retry: {on: nodeLost}", "retry.on: \"nodeLost\" is not a list of causes. Maybe [\"nodeLost\"]. line 5:13")]
    [InlineData("preemption: {graceSeconds: 3601}", "preemption.graceSeconds: 3601 is not a whole number from 0 to 3,600. Maybe 3600. line 5:28")]
    [InlineData("checkpoint: {every: 0s}", "checkpoint.every: \"0s\" is outside the limit: at least 1ms. Maybe 10m. line 5:21")]
    [InlineData("placement: {regions: us-east}", "placement.regions: \"us-east\" is not a list of regions. Maybe [\"us-east\"]. line 5:22")]
    [InlineData("placement: {regions: [US East]}", "placement.regions[0]: \"US East\" is not a region: 1 to 63 of a-z, 0-9 and -. Maybe us-east. line 5:23")]
    [InlineData("placement: {regions: [a, a]}", "placement.regions[1]: \"a\" stands twice. Maybe remove one of them. line 5:26")]
    [InlineData("placement: {avoid: [a/b/c]}", "placement.avoid[0]: \"a/b/c\" is neither a region nor a node. Maybe us-east or us-east/n04. line 5:21")]
    [InlineData("placement: {regions: [a], avoid: [a]}", "placement: avoids every region it allows, so the task could never start. Maybe remove a region from avoid. line 5:12")]
    [InlineData("outputs: [/etc/passwd]", "outputs[0]: \"/etc/passwd\" is absolute; outputs are names below the output folder. Maybe remove the / at the beginning. line 5:11")]
    [InlineData("outputs: [../x]", "outputs[0]: \"../x\" holds an empty, . or .. segment. Maybe a name such as model.zip or logs/*.csv. line 5:11")]
    [InlineData("outputs: [a\\b]", "outputs[0]: \"a\\b\" holds a backslash. Maybe use /. line 5:11")]
    [InlineData("outputs: [\"${index}.zip\"]", "outputs[0]: \"${index}.zip\" holds a placeholder; none is filled in here. Maybe use *. line 5:11")]
    [InlineData("outputs: [\"a\\0b\"]", "outputs[0]: \"a\\u0000b\" holds the control character U+0000. Maybe remove it. line 5:11")]
    [InlineData("outputs: ['']", "outputs[0]: is empty. Maybe leave it out, or give a file name or glob. line 5:11")]
    public void A_bad_value_of_a_task(string field, string expected) => Texts.RefusedWith(Texts.Task(field), expected);

    [Theory]
    [InlineData("run: {command: []}", "run.command: holds 0 arguments; it takes at least 1. Maybe add one, or leave the field out. line 4:16")]
    [InlineData("run: {command: ['']}", "run.command[0]: the program is empty. Maybe name it first. line 4:17")]
    [InlineData("run: {command: echo hi}", "run.command: \"echo hi\" is not a list of arguments. Maybe [\"echo hi\"]. line 4:16")]
    [InlineData("run: {command: [a, [b]]}", "run.command[1]: a list is not an argument. line 4:20")]
    [InlineData("run: {command: [a, ]}", null)]
    [InlineData("run: {command: [a, \"b\\0\"]}", "run.command[1]: \"b\\u0000\" holds the control character U+0000. Maybe remove it. line 4:20")]
    [InlineData("run: {}", "run: says nothing to run. Maybe command: [program, argument]. line 4:6")]
    [InlineData("run: {command: [a], handler: noop}", "run.handler: a task runs a handler or a command, not both. Maybe remove one of them. line 4:30")]
    [InlineData("run: {handler: finetune}", "run.handler: finetune is not supported by this server. Maybe noop. line 4:16")]
    [InlineData("run: {command: [a], workdir: tmp}", "run.workdir: \"tmp\" is not an absolute folder. Maybe begin it with /, or leave it out for a folder of the task's own. line 4:30")]
    [InlineData("run: {command: [a], workdir: /a/../b}", "run.workdir: \"/a/../b\" leads upwards with a .. segment. Maybe write the folder out. line 4:30")]
    [InlineData("run: {command: [a], workdir: 7}", "run.workdir: 7 is not an absolute folder. Maybe \"7\", in quotes. line 4:30")]
    [InlineData("run: {command: [a], env: {1A: x}}", "run.env.1A: \"1A\" is not an environment variable: a letter or _, then letters, digits and _. line 4:27")]
    [InlineData("run: {command: [a], env: {LEPTON_X: x}}", "run.env.LEPTON_X: \"LEPTON_X\" begins with LEPTON_: the agent sets those variables. Maybe choose another name. line 4:27")]
    [InlineData("run: {command: [a], env: {A: }}", "run.env.A has no value. Maybe leave it out, or give a value. line 4:30")]
    [InlineData("run: {comand: [a]}", "comand: did you mean command? line 4:7")]
    [InlineData("run: a", "run: \"a\" is not a map of fields. line 4:6")]
    public void A_bad_run(string run, string? expected)
    {
        if (expected is null) Texts.Accepted(Texts.Task(run: run));
        else Texts.RefusedWith(Texts.Task(run: run), expected);
    }

    [Theory]
    [InlineData("kind: Task\nname: t\nrun: {handler: noop}", "apiVersion is missing. Maybe add apiVersion. line 1:1")]
    [InlineData("apiVersion: v1\nkind: Task\nname: t\nrun: {handler: noop}", "apiVersion: \"v1\" is not a version this server knows. Maybe lepton.dev/v1. line 1:13")]
    [InlineData("apiVersion: lepton.dev/v1\nname: t\nrun: {handler: noop}", "kind is missing. Maybe add kind. line 1:1")]
    [InlineData("apiVersion: lepton.dev/v1\nkind: Tsk\nname: t\nrun: {handler: noop}", "kind: \"Tsk\" is not one of Task, TaskArray, Gang, Job. Maybe Task. line 2:7")]
    [InlineData("apiVersion: lepton.dev/v1\nkind: Gang\nname: t\ngang: {size: 2, minAvailable: 1}\nrun: {handler: noop}", "gang.minAvailable is not supported by this server. line 4:17")]
    [InlineData("apiVersion: lepton.dev/v1\nkind: Task\nrun: {handler: noop}", "name is missing. Maybe add name. line 1:1")]
    [InlineData("apiVersion: lepton.dev/v1\nkind: Task\nname: My Job\nrun: {handler: noop}", "name: \"My Job\" is not a name: 1 to 63 of a-z, 0-9 and -. Maybe my-job. line 3:7")]
    [InlineData("apiVersion: lepton.dev/v1\nkind: Task\nname: 2024\nrun: {handler: noop}", "name: 2024 is not a name. Maybe \"2024\", in quotes. line 3:7")]
    [InlineData("apiVersion: lepton.dev/v1\nkind: Task\nname: ''\nrun: {handler: noop}", "name: is empty. Maybe leave it out, or give a name. line 3:7")]
    [InlineData("apiVersion: lepton.dev/v1\nkind: Task\nname: t", "run is missing. Maybe add run. line 1:1")]
    [InlineData("apiVersion: lepton.dev/v1\nkind: TaskArray\nname: t\nrun: {handler: noop}", "array is missing. Maybe add array. line 1:1")]
    [InlineData("apiVersion: lepton.dev/v1\nkind: TaskArray\nname: t\narray: {}\nrun: {handler: noop}", "array.count is missing. Maybe add count. line 4:8")]
    [InlineData("apiVersion: lepton.dev/v1\nkind: TaskArray\nname: t\narray: {count: 0}\nrun: {handler: noop}", "array.count: 0 is not a whole number from 1 to 1,000,000. Maybe 1. line 4:16")]
    [InlineData("apiVersion: lepton.dev/v1\nkind: TaskArray\nname: t\narray: {count: 1000001}\nrun: {handler: noop}", "array.count: 1000001 is not a whole number from 1 to 1,000,000. Maybe 1000000. line 4:16")]
    [InlineData("apiVersion: lepton.dev/v1\nkind: Job\nname: t", "tasks is missing. Maybe add tasks. line 1:1")]
    [InlineData("apiVersion: lepton.dev/v1\nkind: Job\nname: t\ntasks: []", "tasks: holds 0 tasks; it takes at least 1. Maybe add one, or leave the field out. line 4:8")]
    [InlineData("- a", "The spec: a list is not a map of fields. line 1:1")]
    [InlineData("hello", "The spec: \"hello\" is not a map of fields. line 1:1")]
    public void A_bad_header(string text, string expected) => Texts.RefusedWith(text, expected);

    [Fact]
    public void All_errors_are_listed_in_the_order_of_the_text()
    {
        var errors = Texts.Refused(
            """
            apiVersion: lepton.dev/v2
            kind: Task
            name: My Job
            priority: 200
            run: {command: [train, "${grid.x}"]}
            resources:
              cpus: many
              memory: 1GB
              acceleraters: H100:8
            timeLimit: 6 hours
            redundancy: {copies: 2}
            """);
        Assert.Equal(
            [
                "apiVersion: \"lepton.dev/v2\" is not a version this server knows. Maybe lepton.dev/v1. line 1:13",
                "name: \"My Job\" is not a name: 1 to 63 of a-z, 0-9 and -. Maybe my-job. line 3:7",
                "priority: 200 is not a whole number from 0 to 100. Maybe 100. line 4:11",
                "run.command[1]: ${grid.x}: task My Job has no grid value of that name. Maybe declare it under grid. line 5:24",
                "resources.cpus: \"many\" is not a number of cores. Maybe 0.5. line 7:9",
                "resources.memory: \"1GB\" is not a size. Maybe 1GiB. line 8:11",
                "acceleraters: did you mean accelerators? line 9:3",
                "timeLimit: \"6 hours\" is not a duration. Maybe 6h. line 10:12",
                "redundancy is not supported by this server. line 11:1",
            ],
            errors);
    }

    [Fact]
    public void An_error_carries_its_path_and_place()
    {
        var error = Assert.Single(SpecReader.Read(Texts.Task("retry: {max: 101}"), SpecFormat.Yaml, SpecContext.None).Errors);
        Assert.Equal(("retry.max", 5, 14), (error.Path, error.Line, error.Column));
        Assert.Equal("Maybe 100.", error.Hint);
    }

    [Theory]
    [InlineData("placement: {regions: [us-eats]}", "placement.regions[0]: \"us-eats\" names a region that does not exist. Maybe us-east. line 5:23")]
    [InlineData("placement: {avoid: [us-eats/n04]}", "placement.avoid[0]: \"us-eats/n04\" names a region that does not exist. Maybe us-east/n04. line 5:21")]
    [InlineData("placement: {regions: [mars]}", "placement.regions[0]: \"mars\" names a region that does not exist. Maybe one of us-east, eu-west, ap-south. line 5:23")]
    public void Unknown_regions_are_refused_where_the_regions_are_known(string field, string expected)
    {
        Texts.Accepted(Texts.Task(field));
        Texts.RefusedWith(Texts.Task(field), expected, Texts.Fleet);
    }
}
