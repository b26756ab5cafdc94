namespace Lepton.Cli.Output;

/// <summary>How data is written.</summary>
internal enum OutputKind
{
    Table,
    Wide,
    Json,
    Yaml,

    /// <summary>Ids only, one a line.</summary>
    Name,
}
