using Lepton.Api.Guarding;
using Lepton.Client;
using Lepton.Client.Wire;

namespace Lepton.Api.Tests.Guarding;

/// <summary>Memory is bounded where the store is slow: what finds no place is told when to come again.</summary>
public sealed class SubmitGateTests
{
    [Fact]
    public void So_many_are_inside_and_no_more()
    {
        var gate = new SubmitGate(2, 64 << 20);
        var first = gate.Enter(10);
        using var second = gate.Enter(10);
        var refused = Assert.Throws<LeptonException>(() => gate.Enter(10));
        Assert.Equal((ProblemCodes.Busy, 429, 1), (refused.Code, refused.Problem.Status, refused.Problem.RetryAfterSeconds));
        first.Dispose();
        first.Dispose();
        using var third = gate.Enter(10);
        Assert.Throws<LeptonException>(() => gate.Enter(10));
    }

    [Fact]
    public void So_many_bytes_are_inside_and_a_body_of_unknown_length_counts_as_the_largest()
    {
        var gate = new SubmitGate(100, 3 << 20);
        using var unknown = gate.Enter(null);
        using var untrue = gate.Enter(long.MaxValue);
        using var known = gate.Enter(1 << 20);
        Assert.Contains("3072 KiB", Assert.Throws<LeptonException>(() => gate.Enter(1)).Message, StringComparison.Ordinal);
    }
}
