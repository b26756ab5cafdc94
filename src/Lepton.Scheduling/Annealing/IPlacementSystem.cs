namespace Lepton.Scheduling.Annealing;

/// <summary>
/// A whole placement that can be cut into parts with nothing shared, so that a caller may work on the parts on threads of its own.
/// </summary>
/// <remarks>
/// Cutting gives every part some nodes and the tasks on them. A part moves its tasks among its nodes only, and a rule that spans parts
/// is held by letting one part own it. Parts run at the same time or one after the other end in the same state.
/// </remarks>
public interface IPlacementSystem<TEnergy>
    where TEnergy : struct, IEnergy
{
    int Tasks { get; }

    int Nodes { get; }

    /// <summary>Nodes of one unit are never cut apart: something they share is kept once.</summary>
    int Units { get; }

    int UnitOf(int node);

    /// <summary>Value of the whole as of the last <see cref="Join"/> or <see cref="Restore"/>.</summary>
    double Value { get; }

    /// <summary>All tasks, largest first: swap partners are taken from the neighbourhood in this order.</summary>
    IReadOnlyList<int> TasksBySize { get; }

    int NodeOf(int task);

    /// <summary>Cuts by nodes; <paramref name="partOfNode"/> in [0, parts).</summary>
    TEnergy[] Cut(int[] partOfNode, int parts);

    /// <summary>Takes the parts together again and returns the value.</summary>
    double Join(ReadOnlySpan<TEnergy> parts);

    /// <summary>Copies the node of every task.</summary>
    void CopyTo(Span<int> nodes);

    /// <summary>Puts every task where <paramref name="nodes"/> says: a state this system was in before.</summary>
    void Restore(ReadOnlySpan<int> nodes);
}
