namespace Lepton.Cuda;

/// <summary>What one sweep read of one device. Every field may be missing, and then says with its code why.</summary>
public struct DeviceSample
{
    public string Uuid { get; set; }

    /// <summary>Said in every record: these figures are made up.</summary>
    public bool Emulated { get; set; }

    /// <summary>Clock of the sweep, in ticks of <see cref="System.Diagnostics.Stopwatch"/>.</summary>
    public long Timestamp { get; set; }

    public Reading MemoryTotalBytes { get; set; }
    public Reading MemoryReservedBytes { get; set; }

    /// <summary>Without what the driver reserves; with it where only an old driver's call answered (<see cref="MemoryReservedBytes"/> is missing then).</summary>
    public Reading MemoryUsedBytes { get; set; }
    public Reading MemoryFreeBytes { get; set; }

    /// <summary>Percent of the time in which any kernel ran: says nothing of how full the device was.</summary>
    public Reading KernelPercent { get; set; }
    public Reading MemoryBusyPercent { get; set; }
    public Reading TemperatureCelsius { get; set; }
    public Reading PowerMilliwatts { get; set; }
    public Reading PowerLimitMilliwatts { get; set; }
    public Reading EnergyMillijoules { get; set; }
    public Reading SmClockMegahertz { get; set; }
    public Reading MemoryClockMegahertz { get; set; }

    /// <summary>Bits of the driver: why clocks are held down.</summary>
    public Reading ClockReasons { get; set; }
    public Reading PcieReplays { get; set; }
    public Reading EccCorrected { get; set; }
    public Reading EccUncorrected { get; set; }
    public Reading RowsRemappedUncorrectable { get; set; }
    public Reading RowRemapPending { get; set; }
    public Reading RowRemapFailed { get; set; }
    public Reading RecoveryAction { get; set; }

    /// <summary>The driver no longer reaches the device.</summary>
    public readonly bool Lost => MemoryTotalBytes.Code == Nvml.NvmlReturn.GpuIsLost || KernelPercent.Code == Nvml.NvmlReturn.GpuIsLost;
}
