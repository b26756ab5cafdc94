using Microsoft.Extensions.Logging;

namespace Lepton.Agent.Devices;

/// <summary>What the agent logs of devices.</summary>
internal static partial class DeviceEvents
{
    [LoggerMessage(201, LogLevel.Information, "{Count} devices, {Emulated} of them emulated; driver {Driver}, CUDA {Cuda}; enforced: {Isolation}")]
    public static partial void Offers(ILogger log, int count, int emulated, string driver, string cuda, Model.IsolationAbilities isolation);

    [LoggerMessage(202, LogLevel.Information, "No NVIDIA driver on this machine: CPU and memory only. {Why}")]
    public static partial void NoDriver(ILogger log, string why);

    [LoggerMessage(203, LogLevel.Error, "Devices cannot be told: {Why} They are asked for again")]
    public static partial void CannotTell(ILogger log, string why);

    [LoggerMessage(204, LogLevel.Warning, "The driver does not answer: {Why}")]
    public static partial void NoAnswer(ILogger log, string why);

    [LoggerMessage(205, LogLevel.Warning, "{What} of {Device}: code {Code}")]
    public static partial void Happened(ILogger log, Model.DeviceEventKind what, string device, long code);

    [LoggerMessage(206, LogLevel.Warning, "Device {Device} still lists processes of {Attempt} although they ended; it stays taken")]
    public static partial void StillListed(ILogger log, string device, Model.AttemptId attempt);

    [LoggerMessage(207, LogLevel.Warning, "Context check of {Device}: {Outcome}. {Text}")]
    public static partial void ContextChecked(ILogger log, string device, Cuda.Contexts.ContextOutcome outcome, string text);

    [LoggerMessage(208, LogLevel.Warning, "The use of devices so far cannot be kept in {File}")]
    public static partial void UsageNotKept(ILogger log, string file, Exception why);

    [LoggerMessage(209, LogLevel.Error, "Watching the devices failed; it goes on with the next sweep")]
    public static partial void WatchFailed(ILogger log, Exception why);

    [LoggerMessage(210, LogLevel.Information, "Not enforced by control groups: {Why}")]
    public static partial void NoCgroups(ILogger log, string why);

    [LoggerMessage(212, LogLevel.Information, "The driver is opened anew: the node knows devices of it that were not there when it was opened")]
    public static partial void OpensAnew(ILogger log);

    [LoggerMessage(211, LogLevel.Information, "Metrics on http://127.0.0.1:{Port}/metrics")]
    public static partial void ShowsMetrics(ILogger log, int port);
}
