namespace Lepton.Scheduling.Annealing;

/// <summary>Shifts and swaps that make up one compound move: made one by one, undone together.</summary>
internal ref struct MoveJournal(Span<MoveJournal.Step> steps)
{
    public const int Size = 64;

    private readonly Span<Step> _steps = steps;
    private int _count;

    /// <summary>Price of all steps so far.</summary>
    public double Price { get; private set; }

    public readonly int Count => _count;

    public readonly bool IsFull => _count == _steps.Length;

    public void Shift<TEnergy>(ref TEnergy e, int task, int node, double price)
        where TEnergy : struct, IEnergy
    {
        _steps[_count++] = new Step(task, -1, e.NodeOf(task), price);
        e.Shift(task, node, price);
        Price += price;
    }

    public void Swap<TEnergy>(ref TEnergy e, int task, int other, double price)
        where TEnergy : struct, IEnergy
    {
        _steps[_count++] = new Step(task, other, -1, price);
        e.Swap(task, other, price);
        Price += price;
    }

    public void Undo<TEnergy>(ref TEnergy e)
        where TEnergy : struct, IEnergy
    {
        while (--_count >= 0)
        {
            ref readonly var step = ref _steps[_count];
            if (step.Other >= 0) e.Swap(step.Task, step.Other, -step.Price);
            else e.Shift(step.Task, step.From, -step.Price);
        }
    }

    internal readonly record struct Step(int Task, int Other, int From, double Price);
}
