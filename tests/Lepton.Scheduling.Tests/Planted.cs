using CsCheck;

namespace Lepton.Scheduling.Tests;

/// <summary>Mistakes put in on purpose.</summary>
internal static class Planted
{
    /// <summary>A property must fail by what it asserts: one that fails because the planted code breaks has caught nothing.</summary>
    public static void IsCaught(Action property) =>
        Assert.IsAssignableFrom<Xunit.Sdk.XunitException>(Assert.Throws<CsCheckException>(property).InnerException);
}
