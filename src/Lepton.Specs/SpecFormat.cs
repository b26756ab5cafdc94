namespace Lepton.Specs;

/// <summary>Text form of a job spec.</summary>
public enum SpecFormat
{
    /// <summary>JSON where the first character is <c>{</c> or <c>[</c>, else YAML.</summary>
    Detect,
    Yaml,
    Json,
}
