namespace Lepton.Specs;

/// <summary>
/// Every limit on a job spec, named once. A message that refuses something over a limit states the limit.
/// </summary>
public static class SpecLimits
{
    /// <summary>UTF-8 bytes of a spec text.</summary>
    public const int TextBytes = 1024 * 1024;

    /// <summary>Lists and maps inside one another.</summary>
    public const int Depth = 32;

    /// <summary>Errors listed for one spec; a line behind them says that there may be more.</summary>
    public const int Errors = 100;

    /// <summary>Errors found, also such as repeat one that is listed, after which no more are looked for.</summary>
    public const int ErrorsFound = 10 * Errors;

    /// <summary>Steps spent on finding out what was meant, over all hints of one spec; beyond, errors come without.</summary>
    public const int HintSteps = 2_000_000;

    /// <summary>Characters of one argument or environment value.</summary>
    public const int ValueChars = 32 * 1024;

    /// <summary>Characters of a label value, a grid value, a path, an output or an uri.</summary>
    public const int ShortChars = 1024;

    /// <summary>Characters of a name of a job, task, region, input list or grid axis.</summary>
    public const int NameChars = 63;

    /// <summary>Program and arguments of one command.</summary>
    public const int CommandParts = 1_000;

    /// <summary>Environment variables of one task.</summary>
    public const int EnvEntries = 256;

    public const int Labels = 64;

    /// <summary>Entries of one <c>affinity</c> or <c>antiAffinity</c>.</summary>
    public const int NearRules = 8;

    /// <summary>Regions, or regions and nodes to avoid, of one list.</summary>
    public const int Regions = 256;

    /// <summary>Names or globs of one <c>outputs</c> list.</summary>
    public const int Outputs = 100;

    /// <summary>Named tasks of one job.</summary>
    public const int Groups = 1_000;

    /// <summary>Tasks of one job after the split.</summary>
    public const int Tasks = 1_000_000;

    /// <summary>Combinations of one grid.</summary>
    public const int Combinations = 10_000;

    /// <summary>Data that one group says where they lie.</summary>
    public const int DataPlaces = 100;

    /// <summary>Inputs of one job, over all its lists.</summary>
    public const int Inputs = 10_000;

    /// <summary>
    /// Inputs and combinations that all tasks of a job use together: bounds the stored size of the split.
    /// </summary>
    public const int SplitRows = 20_000;

    /// <summary>Characters of commands, environments and labels over all tasks of a job, after inheritance.</summary>
    public const int ExpandedChars = 4 * 1024 * 1024;

    /// <summary>Artifacts that one <c>${outputs.NAME}</c> may stand for.</summary>
    public const int OutputsReferenced = 10_000;

    public const int Retries = 100;

    /// <summary>Longest duration of any field.</summary>
    public static readonly TimeSpan Duration = TimeSpan.FromDays(365);

    /// <summary>Longest time between the ask to stop and the kill, in seconds.</summary>
    public const int GraceSeconds = 3_600;

    /// <summary>CPU of one task, in thousandths of a core.</summary>
    public const long MilliCpu = 10_000_000;

    public const long MemoryBytes = 1L << 50;

    /// <summary>The least memory a task may ask: below it no process starts.</summary>
    public const long LeastMemoryBytes = 1L << 20;

    /// <summary>Size an input may declare.</summary>
    public const long InputBytes = 1L << 60;
}
