using Lepton.Sample.Training;

namespace Lepton.Sample.Comparing;

/// <summary>One trained model that takes part in the comparison.</summary>
internal sealed record Entrant(string Path, TrainedModels Models, ModelCard Card)
{
    public string Name => $"{Card.Shard}: {Card.Parameters}";
}
