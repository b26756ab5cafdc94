using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Specs;

/// <summary>What the document asks of a task's neighbours, as the fleet takes it. The document has passed its checks.</summary>
internal static class NearRulesOf
{
    public static ImmutableArray<NearRule> Rules(ValueList<NearDocument>? rules) =>
        [.. (rules ?? []).Select(r => new NearRule(LevelOf(r.By), r.Tasks is null ? null : Templates.MapOf(r.Tasks), r.Mode == LocalityMode.Prefer))];

    /// <summary>So many domains at least: none of them takes more than its part, rounded up.</summary>
    public static SpreadRule? Spread(SpreadDocument? spread, long tasks)
    {
        if (spread is null) return null;
        var most = spread.MaxPerDomain ?? 0;
        if (spread.Count is { } count && (int)((tasks + count - 1) / count) is var part && (most == 0 || part < most)) most = part;
        return new SpreadRule(LevelOf(spread.By), most, spread.MaxSkew ?? 0);
    }

    public static DomainLevel LevelOf(SpreadLevel level) => level switch
    {
        SpreadLevel.Node => DomainLevel.Node,
        SpreadLevel.Rack => DomainLevel.Rack,
        SpreadLevel.Zone => DomainLevel.Zone,
        SpreadLevel.Region => DomainLevel.Region,
        _ => throw new ArgumentOutOfRangeException(nameof(level), level, "No such level."),
    };
}
