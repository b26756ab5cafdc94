using Lepton.Client.Wire;

namespace Lepton.Client;

/// <summary>Jobs: submitted, described, listed, cancelled.</summary>
public interface ILeptonJobs
{
    /// <summary>
    /// Submits a spec of any kind (JSON text). Returns when the job is durable. Repeating with the same key meets the same job and changes nothing.
    /// </summary>
    Task<SubmitAccepted> SubmitAsync(string specJson, SubmitOptions options, CancellationToken cancel = default);

    /// <summary>Reads a spec and says what it would become, or everything that is wrong with it. Stores nothing.</summary>
    Task<SpecCheck> ValidateAsync(string specJson, CancellationToken cancel = default);

    /// <summary>
    /// Asks every region what would become of a spec, were it submitted now: who could run it, when, at what price, and what stands against it. Stores
    /// nothing and uses no idempotency key.
    /// </summary>
    Task<SubmitOutlook> DryRunAsync(string specJson, CancellationToken cancel = default);

    Task<JobDetail> GetJobAsync(string id, CancellationToken cancel = default);

    /// <summary>A page of jobs, newest first.</summary>
    Task<Page<JobSummary>> ListJobsAsync(JobFilter filter, CancellationToken cancel = default);

    /// <summary>Asks all tasks of a job to end. Returns when the wish is durable; the tasks end later.</summary>
    Task<CancelAccepted> CancelJobAsync(string id, CancelOptions options, CancellationToken cancel = default);
}
