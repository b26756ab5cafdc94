namespace Lepton.Simulation.Traces;

/// <summary>What a line of the trace tells.</summary>
public enum TraceKind
{
    Lost,
    Asked,
    Replayed,
    Answered,
    Activated,
    Ended,
    Written,
    WriteFailed,
    Up,
    Down,
    Paused,
    Cut,
    Healed,
    ProcessStarted,
    ProcessEnded,
    ProcessSignalled,
    Client,
    Note,
}
