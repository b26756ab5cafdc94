namespace Lepton.Hosting;

/// <summary>How a region talks to the others.</summary>
public sealed class FederationOptions
{
    /// <summary>ServiceId of all silos of the organisation. Default <c>lepton</c>.</summary>
    public string ServiceId { get; set; } = "lepton";

    /// <summary>Time after which a message counts as unanswered. Default 4 s; 100 ms to 1 min. (It may have been handled all the same.)</summary>
    public TimeSpan AskTimeout { get; set; } = TimeSpan.FromSeconds(4);

    /// <summary>Time to open a connection. Default 2 s; 100 ms to 1 min.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Pause between tries to reach a region that is down; there is no last try. Default 500 ms; 10 ms to 1 min.</summary>
    public TimeSpan RetryEvery { get; set; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Messages in a row without an answer after which a region counts as cut off. Default 3; 1 to 1,000.</summary>
    public int TimeoutsToTrip { get; set; } = 3;

    /// <summary>Every error in these options; empty = fine.</summary>
    public IReadOnlyList<string> Errors()
    {
        var errors = new OptionErrors("Federation");
        errors.Check(!string.IsNullOrWhiteSpace(ServiceId), nameof(ServiceId), ServiceId, "a name, the same in all regions");
        errors.Range(AskTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), nameof(AskTimeout));
        errors.Range(ConnectTimeout, TimeSpan.FromMilliseconds(100), TimeSpan.FromMinutes(1), nameof(ConnectTimeout));
        errors.Range(RetryEvery, TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), nameof(RetryEvery));
        errors.Check(TimeoutsToTrip is >= 1 and <= 1_000, nameof(TimeoutsToTrip), TimeoutsToTrip, "1 to 1,000");
        return errors.All;
    }
}
