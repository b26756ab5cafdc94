namespace Lepton.Simulation.Checkers;

/// <summary>Names of the rules, as reports print them.</summary>
public static class Rules
{
    public const string NothingLost = "nothing accepted is lost";
    public const string NoOverCommit = "no over-commit";
    public const string GangsWhole = "gangs are whole";
    public const string OneResult = "one accepted result";
    public const string EverythingEnds = "everything ends";
    public const string HardRules = "hard rules hold";
    public const string StaleOrders = "stale orders are harmless";
    public const string SameSeed = "same seed, same run";
    public const string EveryWaitHasReason = "every wait has a reason";
    public const string HealthyDevices = "only healthy devices are granted";
    public const string NeverThrows = "machines never throw";
}
