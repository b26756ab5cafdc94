using System.Globalization;

namespace Lepton.Linux;

/// <summary>The process that has what another one wants. Pid and name are null when the process is another user's: the kernel does not tell.</summary>
public sealed record Holder(int? Pid, string? Name)
{
    public override string ToString() => Pid is { } pid
        ? string.Create(CultureInfo.InvariantCulture, $"{Name ?? "a process"} (pid {pid})")
        : "a process that this user may not see";
}
