using Lepton.Model;
using Microsoft.Extensions.Logging;

namespace Lepton.Agent;

/// <summary>What the agent logs of itself.</summary>
internal static partial class AgentEvents
{
    [LoggerMessage(1, LogLevel.Information, "Agent of {Node} offers {Capacity}; {Adopted} attempts found from before")]
    public static partial void Begins(ILogger log, NodeId node, Capacity capacity, int adopted);

    [LoggerMessage(2, LogLevel.Information, "Agent of {Node} ends: {Exit}")]
    public static partial void Ends(ILogger log, NodeId node, AgentExit exit);

    [LoggerMessage(3, LogLevel.Error, "The agent of {Node} cannot run: {Why}")]
    public static partial void CannotRun(ILogger log, NodeId node, string why);

    [LoggerMessage(4, LogLevel.Information, "The region answers")]
    public static partial void RegionAnswers(ILogger log);

    [LoggerMessage(5, LogLevel.Warning, "The region does not answer; tasks go on until their lease ends. {Why}")]
    public static partial void RegionSilent(ILogger log, string why);

    [LoggerMessage(7, LogLevel.Error, "The lease of the tasks could not be written down, they end with the last one: {Why} Maybe the disk is full or read-only")]
    public static partial void DeadlineNotWritten(ILogger log, string why);

    [LoggerMessage(6, LogLevel.Warning, "The node refused a heartbeat: {Why}")]
    public static partial void BeatRefused(ILogger log, Reply why);
}
