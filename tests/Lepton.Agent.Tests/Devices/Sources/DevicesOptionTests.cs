using Lepton.Agent.Devices.Sources;
using Lepton.Model;

namespace Lepton.Agent.Tests.Devices.Sources;

public sealed class DevicesOptionTests
{
    [Fact]
    public void Asks_the_driver_and_emulates_nothing_unless_told()
    {
        var (option, errors) = DevicesOption.Parse([], "n01");
        Assert.Empty(errors);
        Assert.True(option.Nvml);
        Assert.Empty(option.Emulated);
    }

    [Theory]
    [InlineData("cuda", "it takes auto, none, emulated:8xH100")]
    [InlineData("emulated:H100", "a count and a model are needed. Maybe emulated:8xH100")]
    [InlineData("emulated:0xH100", "a count and a model are needed")]
    [InlineData("emulated:8xH900", "the model 'H900', which is not known. Maybe one of A10, A100")]
    [InlineData("emulated:99xT4", "more than 64 devices")]
    [InlineData("inventory:/nowhere/devices.yaml", "cannot be read")]
    public void Refuses_by_name(string value, string why) => Assert.Contains(why, Assert.Single(DevicesOption.Parse([value], "n01").Errors), StringComparison.Ordinal);

    [Fact]
    public void Does_not_mix_real_and_emulated_devices()
    {
        Assert.Contains("do not mix", Assert.Single(DevicesOption.Parse(["auto", "emulated:1xT4"], "n01").Errors), StringComparison.Ordinal);
        Assert.Contains("beside other values", Assert.Single(DevicesOption.Parse(["none", "auto"], "n01").Errors), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("devices:\n  - id: tpu-0\n    kind: tpu\n    model: TPU-v5e\n    memory: 16GiB\n    path: /dev/null\n    env: { TPU_VISIBLE_CHIPS: \"0\" }\n")]
    [InlineData("{\"devices\": [{\"id\": \"tpu-0\", \"kind\": \"tpu\", \"model\": \"TPU-v5e\", \"memory\": \"16GiB\", \"path\": \"/dev/null\", \"env\": {\"TPU_VISIBLE_CHIPS\": \"0\"}}]}")]
    public void Reads_a_declared_device_from_YAML_and_from_JSON(string text)
    {
        var errors = new List<string>();
        var device = Assert.Single(InventoryFile.Parse(text, "f", errors));
        Assert.Empty(errors);
        Assert.Equal(("tpu-0", DeviceKind.Tpu, "TPU-v5e", 16L << 30, "/dev/null", "0"), (device.Id, device.Kind, device.Model, device.MemoryBytes, device.Path, device.Variables["TPU_VISIBLE_CHIPS"]));
    }

    [Theory]
    [InlineData("devices: []", "f, line 1: 'devices' must be a list of at least one device")]
    [InlineData("devices:\n- id: a\n  kind: npu\n  model: X", "f, line 2: the kind 'npu' is not known. Maybe one of tpu, fpga, gpu")]
    [InlineData("devices:\n- id: a\n  kind: tpu", "f, line 2: the device has no 'model'. Maybe")]
    [InlineData("devices:\n- id: GPU-1\n  kind: tpu\n  model: X", "begins like one that a driver")]
    [InlineData("devices:\n- id: a\n  kind: tpu\n  model: TPU v5e", "that is how jobs ask for it. Maybe 'TPU-v5e'")]
    [InlineData("devices:\n- id: a\n  kind: tpu\n  model: X\n  colour: red", "f, line 5: 'colour' is no field of a device")]
    [InlineData("devices:\n- id: a\n  kind: tpu\n  model: X\n  memory: lots", "the memory 'lots' is no size. Maybe '16GiB'")]
    [InlineData("devices:\n- id: a\n  kind: tpu\n  model: X\n  path: /dev/nowhere", "the path '/dev/nowhere' does not exist")]
    [InlineData("devices:\n- id: a\n  kind: tpu\n  model: X\n  env: {CUDA_VISIBLE_DEVICES: 1}", "f, line 5: 'CUDA_VISIBLE_DEVICES' is set by the agent itself")]
    [InlineData("devices:\n- id: [", "f, line")]
    [InlineData("- a", "a map with 'devices' is needed")]
    public void Names_line_and_remedy_of_an_error(string text, string why)
    {
        var errors = new List<string>();
        InventoryFile.Parse(text, "f", errors);
        Assert.Contains(errors, e => e.Contains(why, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("NVIDIA H100 80GB HBM3", "H100", null)]
    [InlineData("NVIDIA A100-SXM4-40GB MIG 3g.20gb", "A100", "3g.20gb")]
    [InlineData("Tesla V100-SXM2-16GB", "V100", null)]
    [InlineData("Tesla T4", "T4", null)]
    [InlineData("NVIDIA GeForce RTX 4090", "RTX-4090", null)]
    [InlineData("NVIDIA GeForce RTX 3080 Ti", "RTX-3080-Ti", null)]
    [InlineData("NVIDIA RTX A6000", "RTX-A6000", null)]
    [InlineData("NVIDIA GH200 480GB", "GH200", null)]
    public void Shortens_the_names_of_drivers(string name, string model, string? profile) =>
        Assert.Equal((model, profile), (ModelNames.Short(name), ModelNames.MigProfile(name)));
}
