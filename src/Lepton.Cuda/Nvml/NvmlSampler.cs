using System.Diagnostics;

namespace Lepton.Cuda.Nvml;

/// <summary>Reads figures of every device. Nothing is allocated; one failing figure leaves the others alone.</summary>
internal sealed unsafe class NvmlSampler(NvmlSession session) : IDeviceSampler
{
    private const uint SmClock = 1;
    private const uint MemoryClock = 2;
    private const int Corrected = 0;
    private const int Uncorrected = 1;
    private const int SinceLoad = 0;

    private static readonly Reading Absent = new(NvmlReturn.NotSupported, 0);

    public int Count => session.Devices.Length;

    public int Sample(Span<DeviceSample> samples)
    {
        var devices = session.Devices;
        var count = Math.Min(devices.Length, samples.Length);
        session.Enter();
        for (var i = 0; i < count; i++) Read(devices[i], ref samples[i]);
        session.Leave();
        return count;
    }

    /// <summary>The newest call first; on a driver that lacks it the older one, whose 'used' includes what is reserved.</summary>
    public static void ReadMemory(nint handle, NvmlAbilities abilities, ref DeviceSample sample)
    {
        var code = NvmlReturn.FunctionNotFound;
        if (abilities.MemoryNew)
        {
            var memory = new MemoryV2 { Version = MemoryV2.Word };
            code = NvmlCalls.MemoryNew(handle, &memory);
            if (!MustFallBack(code))
            {
                sample.MemoryTotalBytes = Reading.Of(code, (long)memory.Total);
                sample.MemoryReservedBytes = Reading.Of(code, (long)memory.Reserved);
                sample.MemoryUsedBytes = Reading.Of(code, (long)memory.Used);
                sample.MemoryFreeBytes = Reading.Of(code, (long)memory.Free);
                return;
            }
        }
        MemoryV1 old = default;
        if (abilities.MemoryOld) code = NvmlCalls.MemoryOld(handle, &old);
        sample.MemoryTotalBytes = Reading.Of(code, (long)old.Total);
        sample.MemoryReservedBytes = code == NvmlReturn.Success ? Absent : Reading.Of(code, 0);
        sample.MemoryUsedBytes = Reading.Of(code, (long)old.Used);
        sample.MemoryFreeBytes = Reading.Of(code, (long)old.Free);
    }

    private void Read(NvmlDevice device, ref DeviceSample sample)
    {
        var (handle, abilities) = (device.Handle, session.Abilities);
        sample = default;
        sample.Uuid = device.Facts.Uuid;
        sample.Timestamp = Stopwatch.GetTimestamp();
        ReadMemory(handle, abilities, ref sample);
        if (device.IsInstance)
        {
            LeaveToParent(ref sample);
            return;
        }
        Utilization rates;
        var code = NvmlCalls.UtilizationRates(handle, &rates);
        sample.KernelPercent = Reading.Of(code, rates.Gpu);
        sample.MemoryBusyPercent = Reading.Of(code, rates.Memory);
        sample.TemperatureCelsius = Temperature(handle, abilities);
        uint number;
        ulong large;
        sample.PowerMilliwatts = abilities.PowerUsage ? Reading.Of(NvmlCalls.PowerUsage(handle, &number), number) : Absent;
        sample.PowerLimitMilliwatts = abilities.PowerLimit ? Reading.Of(NvmlCalls.PowerLimit(handle, &number), number) : Absent;
        sample.EnergyMillijoules = abilities.Energy ? Reading.Of(NvmlCalls.Energy(handle, &large), (long)large) : Absent;
        sample.SmClockMegahertz = abilities.Clock ? Reading.Of(NvmlCalls.Clock(handle, SmClock, &number), number) : Absent;
        sample.MemoryClockMegahertz = abilities.Clock ? Reading.Of(NvmlCalls.Clock(handle, MemoryClock, &number), number) : Absent;
        sample.ClockReasons = ClockReasons(handle, abilities);
        sample.PcieReplays = abilities.PcieReplays ? Reading.Of(NvmlCalls.PcieReplays(handle, &number), number) : Absent;
        sample.EccCorrected = abilities.EccErrors ? Reading.Of(NvmlCalls.EccErrors(handle, Corrected, SinceLoad, &large), (long)large) : Absent;
        sample.EccUncorrected = abilities.EccErrors ? Reading.Of(NvmlCalls.EccErrors(handle, Uncorrected, SinceLoad, &large), (long)large) : Absent;
        ReadRows(handle, abilities, ref sample);
        sample.RecoveryAction = Recovery(handle, abilities);
    }

    private static void ReadRows(nint handle, NvmlAbilities abilities, ref DeviceSample sample)
    {
        uint correctable, uncorrectable = 0, pending = 0, failed = 0;
        var code = abilities.RemappedRows ? NvmlCalls.RemappedRows(handle, &correctable, &uncorrectable, &pending, &failed) : NvmlReturn.NotSupported;
        sample.RowsRemappedUncorrectable = Reading.Of(code, uncorrectable);
        sample.RowRemapPending = Reading.Of(code, pending);
        sample.RowRemapFailed = Reading.Of(code, failed);
    }

    private static Reading Temperature(nint handle, NvmlAbilities abilities)
    {
        if (abilities.TemperatureNew)
        {
            var temperature = new TemperatureV1 { Version = TemperatureV1.Word };
            var code = NvmlCalls.TemperatureNew(handle, &temperature);
            if (!MustFallBack(code)) return Reading.Of(code, temperature.Celsius);
        }
        uint celsius;
        return abilities.TemperatureOld ? Reading.Of(NvmlCalls.TemperatureOld(handle, 0, &celsius), celsius) : Absent;
    }

    private static Reading ClockReasons(nint handle, NvmlAbilities abilities)
    {
        ulong reasons;
        if (abilities.ClockReasonsNew)
        {
            var code = NvmlCalls.ClockReasonsNew(handle, &reasons);
            if (!MustFallBack(code)) return Reading.Of(code, (long)reasons);
        }
        return abilities.ClockReasonsOld ? Reading.Of(NvmlCalls.ClockReasonsOld(handle, &reasons), (long)reasons) : Absent;
    }

    private static Reading Recovery(nint handle, NvmlAbilities abilities)
    {
        if (!abilities.Fields) return Absent;
        var field = new FieldValue { Id = FieldValue.RecoveryAction };
        var code = NvmlCalls.Fields(handle, 1, &field);
        if (code == NvmlReturn.Success) code = field.Code;
        return field.Whole is { } value ? Reading.Of(code, value) : new(code == NvmlReturn.Success ? NvmlReturn.NotSupported : code, 0);
    }

    private static void LeaveToParent(ref DeviceSample sample)
    {
        sample.KernelPercent = sample.MemoryBusyPercent = sample.TemperatureCelsius = Absent;
        sample.PowerMilliwatts = sample.PowerLimitMilliwatts = sample.EnergyMillijoules = Absent;
        sample.SmClockMegahertz = sample.MemoryClockMegahertz = sample.ClockReasons = sample.PcieReplays = Absent;
        sample.EccCorrected = sample.EccUncorrected = Absent;
        sample.RowsRemappedUncorrectable = sample.RowRemapPending = sample.RowRemapFailed = sample.RecoveryAction = Absent;
    }

    /// <summary>A library can be newer than its driver: the call is there, and answers that it is not, or not in this version.</summary>
    private static bool MustFallBack(NvmlReturn code) => code is NvmlReturn.FunctionNotFound or NvmlReturn.ArgumentVersionMismatch;
}
