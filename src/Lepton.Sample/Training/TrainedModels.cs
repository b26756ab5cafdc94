namespace Lepton.Sample.Training;

/// <summary>
/// What one training makes. The trial has seen only the fit rows and is used to choose; the final model, grown the same way
/// on fit and validation rows together, is used to predict, for the newest rows tell most about the days to come.
/// </summary>
internal sealed record TrainedModels(BoostedModel Trial, BoostedModel Final);
