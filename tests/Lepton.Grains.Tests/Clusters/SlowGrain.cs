using System.Collections.Immutable;
using Lepton.Contracts;
using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Grains.Tests.Clusters;

/// <summary>A grain whose machine decides for as long as a test wants. Not of the product.</summary>
public interface ISlowGrain : IMachineGrain;

/// <summary>Carries a <see cref="SlowMachine"/> as the region's grain carries its machine.</summary>
public sealed class SlowGrain(GrainSetup setup) : MachineGrain(setup), ISlowGrain
{
    protected override bool DecidesApart => true;

    protected override IStateMachine Create(string key) => new SlowMachine(key);
}

/// <summary>Handles each message only when the gate is open.</summary>
internal sealed class SlowMachine(string key) : IStateMachine
{
    private static int s_deciding;

    public static ManualResetEventSlim? Gate { get; set; }

    /// <summary>Messages whose handling has begun.</summary>
    public static int Deciding => Volatile.Read(ref s_deciding);

    public Address Self => Address.Seat(RegionCluster.Region);

    public string RowKey => $"slow/{key}";

    public Row? Row => null;

    public ImmutableArray<RowScan> Scans(Row? own) => [];

    public void Restore(Row? own, IReadOnlyList<Row> scanned, Moment now, Effects effects)
    {
    }

    public void Ask(Message message, CallId call, Moment now, Effects effects)
    {
        Interlocked.Increment(ref s_deciding);
        Gate!.Wait();
        effects.Reply(call, Ack.Done);
    }

    public void Answer(Address to, Message sent, Reply reply, Moment now, Effects effects)
    {
    }

    public void Tick(Moment now, Effects effects)
    {
    }
}
