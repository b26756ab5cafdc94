namespace Lepton.Scheduling.Annealing;

/// <summary>
/// What an optimiser minimises: tasks on nodes, a value, and moves priced before they are made.
/// </summary>
/// <remarks>
/// Implementations are structs, so that the compiler makes one loop per energy without a virtual call. A move that a hard rule forbids, or
/// that costs more than the limit, is priced <see cref="Refused"/>; no state that breaks a hard rule is ever entered.
/// </remarks>
public interface IEnergy
{
    /// <summary>Change of the value by all moves made through this energy.</summary>
    double Change { get; }

    /// <summary>Whether tasks away from home hold room in two places.</summary>
    bool HoldsHomeWhileAway { get; }

    int NodeOf(int task);

    /// <summary>Whether the node belongs to this part.</summary>
    bool Owns(int node);

    /// <summary>Where the task was when the pass began.</summary>
    int HomeOf(int task);

    /// <summary>Whether the node has room for the task. Cheap: called several times per proposal.</summary>
    bool Fits(int task, int node);

    /// <summary>Whether the node has room for what is on it: false only inside a compound move.</summary>
    bool Holds(int node);

    /// <summary>Another task on the same node, round and round; the task itself when it is alone or nobody keeps count.</summary>
    int NextOnNode(int task);

    /// <summary>Says that the task will be looked at soon.</summary>
    void Prefetch(int task);

    /// <summary>Price of moving a task to a node, whether it <see cref="Fits"/> or not.</summary>
    double ShiftDelta(int task, int node, double limit);

    void Shift(int task, int node, double delta);

    /// <summary>Price of exchanging the nodes of two tasks on different nodes; looks at room as well.</summary>
    double SwapDelta(int task, int other, double limit);

    void Swap(int task, int other, double delta);

    /// <summary>The price of a move that is not allowed.</summary>
    const double Refused = double.PositiveInfinity;
}
