using Lepton.Cuda.Contexts;
using Lepton.Cuda.Tests.Fakes;

namespace Lepton.Cuda.Tests;

public sealed class ContextCheckTests
{
    [Theory]
    [InlineData("ok", ContextOutcome.Ok, "1 device visible")]
    [InlineData("none", ContextOutcome.Failed, "cuInit answered 100")]
    [InlineData("fail", ContextOutcome.Failed, "cuDevicePrimaryCtxRetain answered 2")]
    [InlineData("crash", ContextOutcome.Crashed, "ended with 134")]
    public async Task Tells_what_the_child_found(string fake, ContextOutcome outcome, string text)
    {
        var verdict = await Run(fake, FakeLibraries.Cuda, FakeDriver.Patience);
        Assert.Equal(("GPU-a", outcome), (verdict.Uuid, verdict.Outcome));
        Assert.Contains(text, verdict.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Kills_a_child_that_hangs() =>
        Assert.Equal(ContextOutcome.TimedOut, (await Run("hang", FakeLibraries.Cuda, TimeSpan.FromSeconds(1))).Outcome);

    [Fact]
    public async Task Knows_nothing_without_a_library_or_a_child()
    {
        Assert.Equal(ContextOutcome.NotChecked, (await Run("ok", "/nowhere/libcuda.so.1", FakeDriver.Patience)).Outcome);
        var none = new ContextCheck("/nowhere/program", []);
        Assert.Equal(ContextOutcome.NotChecked, (await none.RunAsync("GPU-a", FakeDriver.Patience, TestContext.Current.CancellationToken)).Outcome);
    }

    private static Task<ContextVerdict> Run(string fake, string library, TimeSpan timeout)
    {
        // Unlike the fake of this process, the child gets the environment that .NET keeps.
        Environment.SetEnvironmentVariable("FAKE_CUDA", fake);
        return ContextCheck.Beside(library).RunAsync("GPU-a", timeout, TestContext.Current.CancellationToken);
    }
}
