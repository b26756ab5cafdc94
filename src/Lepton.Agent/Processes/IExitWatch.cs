namespace Lepton.Agent.Processes;

/// <summary>Tells when a process has ended.</summary>
internal interface IExitWatch
{
    /// <summary>Completes when the process has ended. Takes the pidfd over in any case.</summary>
    Task Watch(ProcessIdentity process, int? pidfd);
}
