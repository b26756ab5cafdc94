namespace Lepton.Specs;

/// <summary>The fields of one task, wherever they stand. Null = not given.</summary>
public abstract record WorkDocument
{
    /// <summary>Sorted by name.</summary>
    public ValueList<Named<string>>? Labels { get; init; }

    public RunDocument? Run { get; init; }

    public ResourcesDocument? Resources { get; init; }

    public PlacementDocument? Placement { get; init; }

    public RedundancyDocument? Redundancy { get; init; }

    public GangDocument? Gang { get; init; }

    public TimeSpan? TimeLimit { get; init; }

    public DateTimeOffset? Deadline { get; init; }

    public DateTimeOffset? StartAfter { get; init; }

    /// <summary>Names of tasks of the same job.</summary>
    public ValueList<string>? DependsOn { get; init; }

    public RetryDocument? Retry { get; init; }

    public PreemptionDocument? Preemption { get; init; }

    public CheckpointDocument? Checkpoint { get; init; }

    public EstimateDocument? Estimate { get; init; }

    public BudgetDocument? Budget { get; init; }

    public SpotUse? Spot { get; init; }

    /// <summary>Names or globs below the output folder.</summary>
    public ValueList<string>? Outputs { get; init; }
}
