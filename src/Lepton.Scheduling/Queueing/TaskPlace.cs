namespace Lepton.Scheduling.Queueing;

/// <summary>Where a task of an own job is, as its region sees it: one byte each.</summary>
internal enum TaskPlace : byte
{
    /// <summary>Its group waits for others.</summary>
    NotReady,

    /// <summary>Queued, never dispatched.</summary>
    Fresh,

    /// <summary>Queued again: it has a record.</summary>
    Again,

    /// <summary>Dispatched, here or elsewhere.</summary>
    InFlight,

    Settled,

    /// <summary>Taken out of the queue before it was ever dispatched; it never will be.</summary>
    Withdrawn,

    /// <summary>Taken out of the queue, and it has a record: its job ends it.</summary>
    Stopping,
}
