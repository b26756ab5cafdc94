namespace Lepton.Scheduling.Estimation;

/// <summary>How exactly the past of a task is known.</summary>
internal enum EstimateBasis
{
    /// <summary>The same class of task on the same device model.</summary>
    SameClassAndDevice,

    /// <summary>The same class on other devices.</summary>
    SameClass,

    /// <summary>Other tasks that ask for the same.</summary>
    SameDemand,

    /// <summary>What its spec says.</summary>
    Spec,

    /// <summary>Its time limit.</summary>
    TimeLimit,
}

/// <summary>How long a task will run: one in ten is shorter than <paramref name="Low"/>, one in ten longer than <paramref name="High"/>.</summary>
/// <param name="Weight">Runs it rests on, old ones counting less.</param>
internal sealed record RunTimeEstimate(TimeSpan Low, TimeSpan Median, TimeSpan High, EstimateBasis Basis, double Weight);
