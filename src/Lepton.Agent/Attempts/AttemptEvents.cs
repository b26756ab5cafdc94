using Lepton.Model;
using Microsoft.Extensions.Logging;

namespace Lepton.Agent.Attempts;

/// <summary>What the agent logs of attempts. Nothing at Information: thousands of them pass in a second.</summary>
internal static partial class AttemptEvents
{
    [LoggerMessage(101, LogLevel.Debug, "The log of {Attempt} waits for its region")]
    public static partial void LogWaits(ILogger log, AttemptId attempt, Exception why);

    [LoggerMessage(102, LogLevel.Debug, "The log of {Attempt} is sent from its start: the region skips what it has")]
    public static partial void LogFromStart(ILogger log, AttemptId attempt, Exception why);

    [LoggerMessage(103, LogLevel.Error, "Attempt {Attempt} could not be run")]
    public static partial void Failed(ILogger log, AttemptId attempt, Exception why);

    [LoggerMessage(104, LogLevel.Error, "The end of {Attempt} could not be written; it is reported all the same")]
    public static partial void EndNotWritten(ILogger log, AttemptId attempt, Exception why);

    [LoggerMessage(105, LogLevel.Warning, "Processes of {Attempts} were killed and do not end; their resources stay taken")]
    public static partial void DoNotEnd(ILogger log, string attempts);

    [LoggerMessage(106, LogLevel.Critical, "Work on an attempt failed; its resources stay taken until the agent is started anew")]
    public static partial void Stuck(ILogger log, Exception why);

    [LoggerMessage(107, LogLevel.Warning, "Folder {Folder} cannot be removed. Maybe remove it by hand")]
    public static partial void FolderStays(ILogger log, string folder, Exception why);

    [LoggerMessage(108, LogLevel.Error, "The processes of ended attempts could not all be looked for; this is repeated until it works. Maybe the limit of open files is too low")]
    public static partial void SweepFailed(ILogger log, Exception why);

    [LoggerMessage(109, LogLevel.Warning, "Container {Container} cannot be removed ({Why}); its resources stay taken until it can")]
    public static partial void ContainerStays(ILogger log, string container, string why);

    [LoggerMessage(110, LogLevel.Warning, "Container {Container} of an earlier agent belongs to no attempt any more and is removed")]
    public static partial void StrayContainer(ILogger log, string container);

    [LoggerMessage(111, LogLevel.Warning, "Containers are not offered: {Why}. Maybe start the engine, then this agent anew")]
    public static partial void NoContainers(ILogger log, string why);
}
