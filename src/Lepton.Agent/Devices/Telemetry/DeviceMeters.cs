using System.Diagnostics.Metrics;
using System.Globalization;
using Lepton.Agent.Devices.Watching;
using Lepton.Cuda;
using Lepton.Model;

namespace Lepton.Agent.Devices.Telemetry;

/// <summary>The figures of the devices as instruments, under the names of NVIDIA's DCGM where it has one: dashboards made for those fit.</summary>
/// <remarks>
/// Each figure carries device, model and whether it is emulated; a device that one attempt holds alone carries its job, task and tenant as well. What is
/// granted and what is used stand side by side. A figure that the driver cannot tell is left out, never shown as 0.
/// </remarks>
internal sealed class DeviceMeters : IDisposable
{
    private const double Mebibyte = 1 << 20;

    private readonly Meter _meter = new("Lepton.Agent.Devices");
    private readonly DeviceSession _session;
    private readonly NodeId _node;

    public DeviceMeters(DeviceSession session, NodeId node)
    {
        (_session, _node) = (session, node);
        Device("DCGM_FI_DEV_GPU_UTIL", "Percent of the time in which a kernel ran.", (in DeviceSample s) => s.KernelPercent.Value);
        Device("DCGM_FI_DEV_MEM_COPY_UTIL", "Percent of the time in which memory was read or written.", (in DeviceSample s) => s.MemoryBusyPercent.Value);
        Device("DCGM_FI_DEV_FB_USED", "Device memory used (MiB).", (in DeviceSample s) => s.MemoryUsedBytes.Value / Mebibyte);
        Device("DCGM_FI_DEV_FB_FREE", "Device memory free (MiB).", (in DeviceSample s) => s.MemoryFreeBytes.Value / Mebibyte);
        Device("DCGM_FI_DEV_FB_RESERVED", "Device memory that the driver keeps (MiB).", (in DeviceSample s) => s.MemoryReservedBytes.Value / Mebibyte);
        Device("DCGM_FI_DEV_GPU_TEMP", "Temperature (C).", (in DeviceSample s) => s.TemperatureCelsius.Value);
        Device("DCGM_FI_DEV_POWER_USAGE", "Power (W).", (in DeviceSample s) => s.PowerMilliwatts.Value / 1000.0);
        Device("DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION", "Energy since the driver was loaded (mJ).", (in DeviceSample s) => s.EnergyMillijoules.Value);
        Device("DCGM_FI_DEV_SM_CLOCK", "Clock of the cores (MHz).", (in DeviceSample s) => s.SmClockMegahertz.Value);
        Device("DCGM_FI_DEV_MEM_CLOCK", "Clock of the memory (MHz).", (in DeviceSample s) => s.MemoryClockMegahertz.Value);
        Device("DCGM_FI_DEV_PCIE_REPLAY_COUNTER", "Retries on the bus.", (in DeviceSample s) => s.PcieReplays.Value);
        Device("DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS", "Memory rows remapped for errors that could not be corrected.", (in DeviceSample s) => s.RowsRemappedUncorrectable.Value);
        Device("DCGM_FI_DEV_ROW_REMAP_FAILURE", "1: a memory row could not be remapped.", (in DeviceSample s) => s.RowRemapFailed.Value);
        _meter.CreateObservableGauge("DCGM_FI_DEV_XID_ERRORS", Xids, null, "The last XID; absent while there was none.");
        Hold("lepton_device_granted_share", "Part of the device that is granted.", (h, i) => h.Devices[i].Grant.ShareMilli / 1000.0);
        Hold("lepton_device_granted_memory_bytes", "Device memory that is granted.", (h, i) => h.Devices[i].Grant.MemoryBytes);
        Hold("lepton_device_used_memory_bytes", "Device memory that the attempt's processes hold.", (h, i) => h.Used[i]);
        Process("lepton_agent_heap_bytes", "Managed memory of the agent in use after the last collection.", m => m.HeapSizeBytes - m.FragmentedBytes);
        Process("lepton_agent_heap_committed_bytes", "Memory that the agent's managed heap has taken.", m => m.TotalCommittedBytes);
        Attempt("lepton_attempt_device_joules", "Energy of its part of the devices so far.", u => u.Joules);
        Attempt("lepton_attempt_device_busy_seconds", "Device seconds in which a kernel ran, by its part of the devices.", u => u.BusySeconds);
        Attempt("lepton_attempt_device_idle_seconds", "Device seconds held in which no kernel ran.", u => u.IdleSeconds);
        Attempt("lepton_attempt_device_peak_memory_bytes", "The most device memory it held at one time.", u => u.PeakMemoryBytes);
    }

    private delegate double? Figure(in DeviceSample sample);

    public Meter Meter => _meter;

    public void Dispose() => _meter.Dispose();

    private void Device(string name, string what, Figure figure) => _meter.CreateObservableGauge(name, () => Devices(figure), null, what);

    private void Process(string name, string what, Func<GCMemoryInfo, long> figure) =>
        _meter.CreateObservableGauge(name, () => (double)figure(GC.GetGCMemoryInfo()), null, what);

    private void Hold(string name, string what, Func<DeviceHold, int, double?> figure) =>
        _meter.CreateObservableGauge(
            name,
            () => from hold in _session.Holds.All
                  from i in Enumerable.Range(0, hold.Devices.Length)
                  let value = figure(hold, i)
                  where value is not null
                  select new Measurement<double>(value.Value, [.. Of(hold.Devices[i].Device), .. Of(hold)]),
            null,
            what);

    private void Attempt(string name, string what, Func<UsageSoFar, double?> figure) =>
        _meter.CreateObservableGauge(
            name,
            () => from hold in _session.Holds.All
                  let value = figure(hold.Meter.SoFar())
                  where value is not null
                  select new Measurement<double>(value.Value, [.. Of(hold), Emulated(hold.Devices.Any(d => d.Device.Emulated))]),
            null,
            what);

    private List<Measurement<double>> Devices(Figure figure)
    {
        var all = new List<Measurement<double>>();
        if (_session.Latest is not { } sweep) return all;
        foreach (var device in sweep.Picture.Devices)
        {
            if (sweep.Sample(device.Uuid) is { } sample && figure(sample) is { } value) all.Add(new(value, [.. Of(device), .. OfHolder(device)]));
        }
        return all;
    }

    private List<Measurement<double>> Xids()
    {
        var all = new List<Measurement<double>>();
        foreach (var (uuid, code) in _session.LastXids)
        {
            if (_session.Picture.Find(uuid) is { } device) all.Add(new(code, [.. Of(device), .. OfHolder(device)]));
        }
        return all;
    }

    private List<KeyValuePair<string, object?>> Of(Device device) =>
    [
        new("gpu", device.Index.ToString(CultureInfo.InvariantCulture)),
        new("UUID", device.Uuid),
        new("modelName", device.FullName ?? device.Model),
        new("Hostname", _node.Name),
        new("region", _node.Region.Value),
        Emulated(device.Emulated),
    ];

    private IEnumerable<KeyValuePair<string, object?>> OfHolder(Device device)
    {
        var holders = _session.Holds.All.Where(h => h.Devices.Any(d => d.Device.Uuid == device.Uuid)).Take(2).ToList();
        return holders.Count == 1 ? Of(holders[0]) : [];
    }

    private static IEnumerable<KeyValuePair<string, object?>> Of(DeviceHold hold) =>
    [
        new("job", hold.Attempt.Task.Job.ToString()),
        new("task", hold.Attempt.Task.ToString()),
        new("tenant", hold.Run.Tenant.Value),
    ];

    private static KeyValuePair<string, object?> Emulated(bool emulated) => new("emulated", emulated ? "true" : "false");
}
