namespace Lepton.Simulation.World;

/// <summary>Anything that runs, can be killed, be paused and be cut off: a silo, an agent, the client.</summary>
internal abstract class SimProcess(int index, string name, SkewedClock clock)
{
    /// <summary>Its end of every network link.</summary>
    public int Index => index;

    public string Name => name;

    public SkewedClock Clock => clock;

    public bool Up { get; private set; }

    /// <summary>Counts the starts: whatever was meant for an earlier life is dropped.</summary>
    public int Life { get; private set; }

    /// <summary>Until then it neither hears nor does anything (stopped, starved, collecting garbage), and then goes on as if nothing had been.</summary>
    public long PausedUntil { get; set; }

    protected void Rise()
    {
        Up = true;
        Life++;
        PausedUntil = 0;
    }

    protected void Fall() => Up = false;

    public override string ToString() => name;
}
