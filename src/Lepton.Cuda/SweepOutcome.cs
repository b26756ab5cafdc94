namespace Lepton.Cuda;

/// <summary>How a sweep over all devices went.</summary>
public enum SweepState
{
    Completed,

    /// <summary>Did not come back within the limit, just now or earlier: no samples, and no new sweep is begun on top.</summary>
    Hung,
}

/// <summary>How a sweep went: its state, how many samples there are, and how long it took, or has been hanging.</summary>
public readonly record struct SweepOutcome(SweepState State, int Count, TimeSpan Took);
