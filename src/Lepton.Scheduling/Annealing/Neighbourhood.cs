namespace Lepton.Scheduling.Annealing;

/// <summary>Which moves are proposed, and how often. What is left of the proposals shifts one task to a node with room.</summary>
public sealed record Neighbourhood
{
    /// <summary>Tasks that share a node, up to which large ones find room by displacing others and hardly by anything else.</summary>
    private const int FewOnANode = 12;

    /// <summary>Share of proposals that exchange two tasks; default 0.2, range 0 to 1.</summary>
    public double Swaps { get; init; } = 0.2;

    /// <summary>
    /// Share that sends a task home and puts another in its place, where tasks away hold room twice, range 0 to 1; default 0.6, or 0.3 where
    /// displacements are as frequent as they get.
    /// </summary>
    public double? Reliefs { get; init; }

    /// <summary>
    /// Share that puts a task where there is no room and sends others away, range 0 to 1; default by how many tasks share a node: 0.2 where ten do, 0.01
    /// where hundreds do, because there small tasks make room by themselves; 0.4 where a dozen or fewer do in a placement too small to be cut. At most 0.03
    /// where tasks away do not hold room twice: swaps do there.
    /// </summary>
    public double? Displacements { get; init; }

    /// <summary>Share of shifts of a task away from home that go home; default 0.8, range 0 to 1.</summary>
    public double Homes { get; init; } = 0.8;

    /// <summary>
    /// What leaving home costs on top, in temperatures, where tasks away hold room twice; returned on the way back. Default 4: about the logarithm
    /// of the number of nodes, which is how much likelier chance leads away from home than back.
    /// </summary>
    public double Toll { get; init; } = 4;

    /// <summary>The largest of so many tasks drawn is moved; default 2. Large tasks decide the value and are accepted less often.</summary>
    public int Draws { get; init; } = 2;

    /// <summary>Nodes drawn until one has room, rounded up to an even number; default 8.</summary>
    public int Targets { get; init; } = 8;

    /// <summary>Swap partners are at most this share of the tasks away in the order of size; default 0.1, at least 8 tasks.</summary>
    public double SwapWindow { get; init; } = 0.1;

    /// <summary>The same with every share a number, for a placement of so many tasks on so many nodes.</summary>
    /// <param name="holdsHome">Whether tasks away from home hold room in two places.</param>
    public Neighbourhood For(int tasks, int nodes, bool holdsHome)
    {
        var few = holdsHome && nodes < AnnealingOptions.NodesPerPart && tasks <= FewOnANode * nodes;
        var displacements = few ? 0.4 : Math.Clamp(2.0 * nodes / Math.Max(1, tasks), 0.01, holdsHome ? 0.2 : 0.03);
        return this with { Reliefs = Reliefs ?? (few ? 0.3 : 0.6), Displacements = Displacements ?? displacements };
    }
}
