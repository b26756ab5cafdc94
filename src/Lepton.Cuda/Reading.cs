using Lepton.Cuda.Nvml;

namespace Lepton.Cuda;

/// <summary>One figure of a sample with the driver's return code: there is a value on success only.</summary>
public readonly record struct Reading(NvmlReturn Code, long Raw)
{
    public long? Value => Code == NvmlReturn.Success ? Raw : null;

    internal static Reading Of(NvmlReturn code, long value) => new(code, code == NvmlReturn.Success ? value : 0);

    public override string ToString() => Value?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? Code.ToString();
}
