using Lepton.Model;
using Lepton.Scheduling;
using Lepton.Simulation.Traces;

namespace Lepton.Simulation.World;

/// <content>The people who look after the machines: cordon, drain and resume, each decision repeated until it is known to be taken.</content>
internal sealed partial class Client
{
    private const long Second = TimeSpan.TicksPerSecond;

    private readonly SortedDictionary<NodeId, HeldNode> _held = [];
    private SeedStream _holders = SeedStream.For(world.Seed, "holders");
    private bool _resumesOnly;

    /// <summary>False when a person is busy with this node, or wants no node held any more.</summary>
    public bool Hold(NodeId node, NodeHold hold)
    {
        if (!_held.TryGetValue(node, out var known)) _held.Add(node, known = new HeldNode());
        if (_resumesOnly && hold != NodeHold.None) return false;
        if (known.Wish == hold) return false;
        if (known.IsAsking && hold != NodeHold.None) return false;
        known.Wish = hold;
        if (!known.IsAsking) Ask(node, known);
        return true;
    }

    /// <summary>From now on every node is to take work.</summary>
    public void ResumeAll()
    {
        _resumesOnly = true;
        foreach (var node in _held.Keys.ToList()) Hold(node, NodeHold.None);
    }

    /// <summary>One decision at a time: the next is made by what the node has answered to the one before.</summary>
    private void Ask(NodeId node, HeldNode known)
    {
        known.IsAsking = true;
        var wish = new HoldNode(node, known.Wish, known.Number + 1, "maintenance");
        world.Trace.Add(TraceKind.Client, "client", node.ToString(), $"wants it {wish.Hold}");
        Repeat(node, known, wish);
    }

    private void Repeat(NodeId node, HeldNode known, HoldNode wish) => Ask(fleet.Regions[_holders.Next(fleet.Regions.Length)], wish, Address.Of(node), reply =>
    {
        if (reply is NodeDescription said && said.Row.HoldNumber == wish.Number)
        {
            known.Number = wish.Number;
            known.IsAsking = false;
            if (known.Wish != wish.Hold) Ask(node, known);
        }
        else if (reply is Stale stale)
        {
            known.Number = stale.Known - 1;
            world.After(this, Second, () => Ask(node, known));
        }
        else
        {
            world.After(this, Second, () => Repeat(node, known, wish));
        }
    });

    private sealed class HeldNode
    {
        public NodeHold Wish { get; set; }

        public long Number { get; set; }

        public bool IsAsking { get; set; }
    }
}
