using Microsoft.Extensions.Time.Testing;

namespace Lepton.Hosting.Tests;

public sealed class BreakerTests
{
    private readonly FakeTimeProvider _time = new();
    private readonly Breaker _breaker;

    public BreakerTests() => _breaker = new Breaker(3, TimeSpan.FromSeconds(1), _time);

    [Fact]
    public void Lets_everything_through_at_first()
    {
        Assert.True(_breaker.TryEnter(out _));
        Assert.True(_breaker.TryEnter(out _));
        Assert.Null(_breaker.Why);
    }

    [Fact]
    public void Opens_after_so_many_silences_in_a_row()
    {
        _breaker.Failed("silent", lost: false);
        _breaker.Failed("silent", lost: false);
        _breaker.Answered();
        _breaker.Failed("silent", lost: false);
        _breaker.Failed("silent", lost: false);
        Assert.True(_breaker.TryEnter(out _));

        _breaker.Failed("silent", lost: false);

        Assert.False(_breaker.TryEnter(out var why));
        Assert.Equal("silent", why);
    }

    [Fact]
    public void Opens_at_once_when_the_connection_is_lost()
    {
        _breaker.Failed("lost", lost: true);

        Assert.False(_breaker.TryEnter(out var why));
        Assert.Equal("lost", why);
    }

    [Fact]
    public void Lets_one_caller_try_at_a_pace_and_closes_with_the_first_answer()
    {
        _breaker.Failed("lost", lost: true);
        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.True(_breaker.TryEnter(out _));
        Assert.False(_breaker.TryEnter(out _));
        _breaker.Failed("still lost", lost: true);
        Assert.False(_breaker.TryEnter(out _));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.True(_breaker.TryEnter(out _));
        _breaker.Answered();
        Assert.True(_breaker.TryEnter(out _));
        Assert.True(_breaker.TryEnter(out _));
    }
}
