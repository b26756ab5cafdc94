namespace Lepton.Client;

/// <summary>Handles out of a client: by submitting, or by an id kept from before.</summary>
public static class LeptonHandles
{
    /// <summary>Submits and holds on to the job.</summary>
    public static async Task<JobHandle> StartAsync(
        this ILepton lepton,
        string specJson,
        SubmitOptions? options = null,
        CancellationToken cancel = default)
    {
        var accepted = await lepton.SubmitAsync(specJson, options ?? new SubmitOptions(), cancel);
        return new JobHandle(lepton, accepted.Job);
    }

    public static JobHandle Job(this ILepton lepton, string id) => new(lepton, id);

    public static TaskHandle Get(this ILepton lepton, string id) => new(lepton, id);
}
