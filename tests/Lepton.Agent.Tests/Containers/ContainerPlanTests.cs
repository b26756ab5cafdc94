using Lepton.Agent.Containers;
using Lepton.Model;

namespace Lepton.Agent.Tests.Containers;

public sealed class ContainerPlanTests
{
    [Fact]
    public void Asks_docker_for_a_container_with_limits_mounts_and_devices_by_their_UUIDs()
    {
        var plan = Plan(EngineKind.Docker) with
        {
            User = "1000:100",
            LongValues = new Dictionary<string, string> { ["TEXT"] = "a\nb" },
            Devices = new ContainerDevices(["GPU-a", "MIG-b"], ["/dev/accel0"], null),
        };

        Assert.Equal(
            [
                "run", "--name", "lepton-x", "--pull", "never", "--network", "host", "--log-driver", "none", "--security-opt", "no-new-privileges", "--init",
                "--label", "lepton.attempt=x", "--memory", "1073741824b", "--memory-swap", "1073741824b", "--shm-size", "1073741824b", "--cpus", "1.5",
                "--user", "1000:100", "--env-file", "/s/env", "--env", "TEXT=a\nb",
                "--mount", "type=bind,source=/s/work,target=/s/work", "--mount", "type=bind,source=/data,target=/data,readonly", "--workdir", "/s/work",
                "--gpus", "\"device=GPU-a,MIG-b\"", "--device", "/dev/accel0",
                "--entrypoint", "python", "reg/img:1", "train.py", "--fast",
            ],
            plan.Arguments());
    }

    [Fact]
    public void Asks_podman_for_devices_by_their_CDI_names_and_for_the_same_user_inside()
    {
        var arguments = (Plan(EngineKind.Podman) with { User = "1000:100", Devices = new ContainerDevices(["GPU-a", "GPU-b"], [], null), HasInit = false }).Arguments();

        Assert.Equal(["nvidia.com/gpu=GPU-a", "nvidia.com/gpu=GPU-b"], After(arguments, "--device"));
        Assert.Equal(["keep-id"], After(arguments, "--userns"));
        Assert.DoesNotContain("--gpus", arguments);
        Assert.DoesNotContain("--user", arguments);
        Assert.DoesNotContain("--init", arguments);
    }

    [Fact]
    public void A_task_without_devices_is_given_none_and_root_needs_no_user()
    {
        var arguments = Plan(EngineKind.Docker).Arguments();
        Assert.DoesNotContain("--gpus", arguments);
        Assert.DoesNotContain("--device", arguments);
        Assert.DoesNotContain("--user", arguments);
    }

    [Fact]
    public void A_part_of_a_device_through_MPS_reaches_its_daemon()
    {
        var arguments = (Plan(EngineKind.Docker) with { Devices = new ContainerDevices(["GPU-a"], [], "/mps/GPU-a") }).Arguments();
        Assert.Equal(["host"], After(arguments, "--ipc"));
        Assert.Contains("type=bind,source=/mps/GPU-a,target=/mps/GPU-a", After(arguments, "--mount"));
    }

    [Fact]
    public void Limits_that_an_engine_would_refuse_are_raised_to_the_least_it_takes()
    {
        var arguments = (Plan(EngineKind.Docker) with { Limits = new Capacity(1, 1) }).Arguments();
        Assert.Equal(["6291456b"], After(arguments, "--memory"));
        Assert.Equal(["0.01"], After(arguments, "--cpus"));
    }

    [Theory]
    [InlineData("exited 137 true\n", "exited", 137, true)]
    [InlineData("running 0 false", "running", 0, false)]
    public void Reads_what_the_engine_says_of_a_container(string text, string status, int code, bool oom) =>
        Assert.Equal(new ContainerState(status, code, oom), ContainerState.Parse(text));

    [Theory]
    [InlineData("")]
    [InlineData("exited")]
    [InlineData("exited x true")]
    public void What_is_no_state_is_none(string text) => Assert.Null(ContainerState.Parse(text));

    [Fact]
    public void Podman_is_not_given_ten_seconds_to_remove_a_container() =>
        Assert.Equal(["rm", "--force", "--volumes", "--time", "0", "x"], new AttemptContainer(EngineKind.Podman, "podman", "x").RemoveCommand());

    private static IEnumerable<string> After(IReadOnlyList<string> arguments, string option) =>
        arguments.Index().Where(a => a.Item == option).Select(a => arguments[a.Index + 1]);

    private static ContainerPlan Plan(EngineKind kind) => new(kind, "lepton-x", "reg/img:1", ["python", "train.py", "--fast"], new Capacity(1500, 1 << 30), "/s/work", null, HasInit: true)
    {
        Labels = new Dictionary<string, string> { ["lepton.attempt"] = "x" },
        EnvironmentFile = "/s/env",
        Mounts = [("/s/work", false), ("/data", true)],
    };
}
