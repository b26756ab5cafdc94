using System.Globalization;

namespace Lepton.Sample.Data;

/// <summary>What a task asks for. Tasks of one shape are mostly the same program run again.</summary>
internal readonly record struct Shape(int CpuMilli, int MemoryMib, int Gpus, int GpuMilli, string Qos)
{
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{CpuMilli}/{MemoryMib}/{Gpus}/{GpuMilli}/{Qos}");
}
