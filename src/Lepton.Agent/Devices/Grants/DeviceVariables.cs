using System.Collections.Immutable;
using System.Globalization;
using Lepton.Model;

namespace Lepton.Agent.Devices.Grants;

/// <summary>What a task is told of its devices, in variables. A task without devices is told in so many words that it has none.</summary>
/// <remarks>
/// UUIDs only: CUDA numbers devices fastest first and the driver by bus, so a number means two things. An empty CUDA_VISIBLE_DEVICES shows CUDA no device;
/// <c>void</c> tells a container runtime to add none. Emulated devices have no place in either: nothing real may be opened under their name.
/// </remarks>
internal static class DeviceVariables
{
    private static readonly string[] s_ours =
    [
        "CUDA_VISIBLE_DEVICES", "NVIDIA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER",
        "CUDA_MPS_PIPE_DIRECTORY", "CUDA_MPS_ACTIVE_THREAD_PERCENTAGE", "CUDA_MPS_PINNED_DEVICE_MEM_LIMIT",
    ];

    /// <summary>Is a variable of this name set by the agent alone?</summary>
    public static bool IsOurs(string name) => s_ours.Contains(name);

    public static IReadOnlyDictionary<string, string> Make(ImmutableArray<GrantedDevice> devices)
    {
        var variables = new Dictionary<string, string>(StringComparer.Ordinal);
        var cuda = string.Join(',', devices.Where(d => d.IsCuda).Select(d => d.Device.Uuid));
        variables["CUDA_VISIBLE_DEVICES"] = cuda;
        variables["NVIDIA_VISIBLE_DEVICES"] = cuda.Length > 0 ? cuda : "void";
        variables["CUDA_DEVICE_ORDER"] = "PCI_BUS_ID";
        if (devices.IsEmpty) return variables;
        variables["LEPTON_DEVICES"] = Joined(devices, d => d.Device.Uuid);
        variables["LEPTON_DEVICE_MODELS"] = Joined(devices, d => d.Device.Model);
        variables["LEPTON_DEVICE_MEMORY_BYTES"] = Joined(devices, d => d.Grant.MemoryBytes.ToString(CultureInfo.InvariantCulture));
        variables["LEPTON_DEVICE_SHARES"] = Joined(devices, d => (d.Grant.ShareMilli / 1000m).ToString("0.###", CultureInfo.InvariantCulture));
        if (devices.Any(d => d.Device.Emulated)) variables["LEPTON_DEVICES_EMULATED"] = "1";
        foreach (var name in devices.SelectMany(d => d.Variables.Keys).Distinct())
            variables[name] = string.Join(',', devices.Select(d => d.Variables.GetValueOrDefault(name)).OfType<string>());
        if (devices is [{ MpsPipes: { } pipes, Grant: { IsWhole: false } part }]) ThroughMps(variables, pipes, part);
        return variables;
    }

    /// <summary>The one visible device is number 0 to the client.</summary>
    private static void ThroughMps(Dictionary<string, string> variables, string pipes, DeviceGrant part)
    {
        variables["CUDA_MPS_PIPE_DIRECTORY"] = pipes;
        variables["CUDA_MPS_ACTIVE_THREAD_PERCENTAGE"] = Math.Max(1, part.ShareMilli / 10).ToString(CultureInfo.InvariantCulture);
        variables["CUDA_MPS_PINNED_DEVICE_MEM_LIMIT"] = string.Create(CultureInfo.InvariantCulture, $"0={part.MemoryBytes >> 20}M");
    }

    private static string Joined(ImmutableArray<GrantedDevice> devices, Func<GrantedDevice, string> value) => string.Join(',', devices.Select(value));
}
