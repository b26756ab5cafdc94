using System.Collections.Immutable;
using Lepton.Agent.Devices.Grants;
using Lepton.Model;

namespace Lepton.Agent.Tests.Devices.Grants;

public sealed class DeviceVariablesTests
{
    private static readonly ImmutableSortedDictionary<string, string> s_none = ImmutableSortedDictionary<string, string>.Empty;

    [Fact]
    public void An_emulated_device_opens_no_real_one()
    {
        var made = DeviceVariables.Make([Of(new Device("EMU-n01-0", DeviceKind.Gpu, "H100", 1, true))]);
        Assert.Equal(("", "void", "EMU-n01-0", "1"), (made["CUDA_VISIBLE_DEVICES"], made["NVIDIA_VISIBLE_DEVICES"], made["LEPTON_DEVICES"], made["LEPTON_DEVICES_EMULATED"]));
    }

    [Fact]
    public void A_part_is_told_and_goes_through_the_tenants_daemon_when_there_is_one()
    {
        var part = new DeviceGrant("GPU-a", new Epoch(1), 250, 20L << 30);
        var gpu = new Device("GPU-a", DeviceKind.Gpu, "H100", 80L << 30, false);
        var plain = DeviceVariables.Make([new GrantedDevice(part, gpu, s_none, null)]);
        Assert.Equal("0.25", plain["LEPTON_DEVICE_SHARES"]);
        Assert.DoesNotContain("CUDA_MPS_PIPE_DIRECTORY", plain.Keys);
        var shared = DeviceVariables.Make([new GrantedDevice(part, gpu, s_none, "/run/mps/GPU-a")]);
        Assert.Equal(("/run/mps/GPU-a", "25", "0=20480M"), (shared["CUDA_MPS_PIPE_DIRECTORY"], shared["CUDA_MPS_ACTIVE_THREAD_PERCENTAGE"], shared["CUDA_MPS_PINNED_DEVICE_MEM_LIMIT"]));
    }

    [Fact]
    public void Declared_devices_bring_their_own_variables_joined()
    {
        GrantedDevice Chip(string id, string chip) => new(new DeviceGrant(id, new Epoch(1), 1000, 1), new Device(id, DeviceKind.Tpu, "TPU-v5e", 1, false), s_none.Add("TPU_VISIBLE_CHIPS", chip), null);
        var made = DeviceVariables.Make([Chip("tpu-2", "2"), Chip("tpu-0", "0")]);
        Assert.Equal(("2,0", "", "tpu-2,tpu-0"), (made["TPU_VISIBLE_CHIPS"], made["CUDA_VISIBLE_DEVICES"], made["LEPTON_DEVICES"]));
    }

    private static GrantedDevice Of(Device device) => new(new DeviceGrant(device.Uuid, new Epoch(1), 1000, device.MemoryBytes), device, s_none, null);
}
