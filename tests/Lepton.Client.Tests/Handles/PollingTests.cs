using Lepton.Client.Wire;

namespace Lepton.Client.Tests.Handles;

public sealed class PollingTests
{
    [Fact]
    public async Task Asks_until_the_answer_is_the_wanted_one()
    {
        var asked = 0;
        var answer = await Polling.Until(_ => Task.FromResult(++asked), n => n == 5, new ImpatientTime(), default);
        Assert.Equal(5, answer);
    }

    [Fact]
    public async Task Bears_a_failure_that_passes_and_no_other()
    {
        var asked = 0;
        await Polling.Until(
            _ => ++asked < 4 ? throw LeptonException.Of(ProblemCodes.RegionUnreachable, "away") : Task.FromResult(asked),
            _ => true,
            new ImpatientTime(),
            default);
        Assert.Equal(4, asked);

        var failed = await Assert.ThrowsAsync<LeptonException>(() => Polling.Until<int>(
            _ => throw LeptonException.Of(ProblemCodes.NotFound, "gone"), _ => true, new ImpatientTime(), default));
        Assert.Equal(ProblemCodes.NotFound, failed.Code);
    }

    [Fact]
    public async Task Gives_up_when_failures_do_not_end()
    {
        var time = new ImpatientTime();
        var failed = await Assert.ThrowsAsync<LeptonException>(() => Polling.Until<int>(
            _ => throw LeptonException.Of(ProblemCodes.ServerUnreachable, "away"), _ => true, time, default));
        Assert.Equal(ProblemCodes.ServerUnreachable, failed.Code);
        Assert.InRange(time.GetElapsedTime(0), Polling.Patience, Polling.Patience * 1.2);
    }
}
