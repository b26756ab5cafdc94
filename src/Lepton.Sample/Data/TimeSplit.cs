namespace Lepton.Sample.Data;

/// <summary>What a row may be used for.</summary>
internal enum Part
{
    /// <summary>Trees are grown on it.</summary>
    Fit,

    /// <summary>Models are chosen on it.</summary>
    Validation,

    /// <summary>Only the final figures come from it.</summary>
    HeldOut,

    /// <summary>Submitted in one part and ended after it: its target was unknown when the part closed.</summary>
    SetAside,
}

/// <summary>
/// Splits by time, with the same two moments for every shard: were they different, a model of one shard could have been
/// trained on days that another shard holds out.
/// </summary>
internal sealed record TimeSplit(int ValidationFromDay, int HeldOutFromDay)
{
    public const long SecondsPerDay = 86_400;

    /// <summary>Whole days near 70 % and 85 % of the submissions; the trace ends on day 149.</summary>
    public static readonly TimeSplit Default = new(ValidationFromDay: 141, HeldOutFromDay: 146);

    public Part PartOf(PodRow row)
    {
        var (validation, heldOut) = (ValidationFromDay * SecondsPerDay, HeldOutFromDay * SecondsPerDay);
        if (row.Created >= heldOut) return Part.HeldOut;
        if (row.Created >= validation) return row.Deleted < heldOut ? Part.Validation : Part.SetAside;
        return row.Deleted < validation ? Part.Fit : Part.SetAside;
    }
}
