using Lepton.Model;

namespace Lepton.Simulation.World;

/// <summary>A job as its submitter knows it.</summary>
internal sealed class ClientJob(JobId id, JobSpec spec, string bodyHash, bool satisfiable)
{
    public JobId Id => id;

    public JobSpec Spec => spec;

    public string BodyHash => bodyHash;

    /// <summary>False: some task asks for more than any machine it may use has, so that the job cannot end by itself.</summary>
    public bool Satisfiable => satisfiable;

    public bool Acknowledged { get; set; }

    /// <summary>Refused for good: it does not exist.</summary>
    public bool Refused { get; set; }

    public bool CancelWished { get; set; }

    public bool CancelAcknowledged { get; set; }
}
