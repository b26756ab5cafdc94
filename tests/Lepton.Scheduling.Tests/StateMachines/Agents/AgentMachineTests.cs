using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Agents;
using StopAttempt = Lepton.Scheduling.StateMachines.Agents.StopAttempt;

namespace Lepton.Scheduling.Tests.StateMachines.Agents;

public sealed partial class AgentMachineTests
{
    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    private static readonly AgentSettings Settings = new(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));

    private readonly AgentMachine _agent = new(Some.N1, 1, Some.Node(), Settings);
    private readonly AgentEffects _fx = new();
    private DateTimeOffset _now = MachineHarness.Start;
    private AgentBeat _last = null!;

    private Moment Now => new(_now, 1);

    [Fact]
    public void Beats_at_once_and_then_when_the_node_says()
    {
        Assert.True(_agent.NextWake <= _now);
        _agent.Tick(Now, _fx);
        Assert.IsType<BeatNow>(Assert.Single(Take()));

        Beat(nextBeat: TimeSpan.FromSeconds(3));

        Assert.Equal(_now.AddSeconds(3), _agent.NextWake);
        Pass(2.9);
        Assert.DoesNotContain(Take(), effect => effect is BeatNow);
        Pass(0.1);
        Assert.Contains(Take(), effect => effect is BeatNow);
    }

    [Fact]
    public void The_lease_counts_from_the_moment_the_beat_was_sent()
    {
        var sent = _now;
        _last = _agent.NextBeat(Now);
        Pass(4);

        Answer(Reply());

        Assert.Equal(sent + Lease, Assert.Single(Take().OfType<RenewDeadline>()).Until);
    }

    [Fact]
    public void Ignores_replies_to_any_but_its_last_beat()
    {
        var first = _agent.NextBeat(Now);
        _agent.BeatFailed(first.Sequence, Now, _fx);
        _last = _agent.NextBeat(Now);
        Take();

        _agent.BeatAnswered(first.Sequence, Reply(first.Sequence, assign: [Some.Attempt()]), Now, _fx);
        _agent.BeatAnswered(first.Sequence, new Stale("sequence", 1, 2), Now, _fx);

        Assert.Empty(Take());
        Assert.False(_agent.IsReplaced);
    }

    [Fact]
    public void Ignores_the_reply_of_an_activation_of_the_node_that_was_replaced()
    {
        Beat(epoch: 5);
        Take();

        Beat(epoch: 4, assign: [Some.Attempt()]);

        Assert.Empty(Take());
        Assert.Equal(_now + Settings.BeatEvery, _agent.NextWake);
    }

    [Fact]
    public void Hints_and_ends_make_one_beat_at_a_time()
    {
        Beat(assign: [Some.Attempt(index: 0), Some.Attempt(index: 1)]);
        Take();
        _agent.Hinted(Now, _fx);
        End(index: 0);
        Assert.Single(Take());

        _last = _agent.NextBeat(Now);
        End(index: 1);
        _agent.Hinted(Now, _fx);
        Assert.Empty(Take());
        Answer(Reply());

        Assert.Single(Take().OfType<BeatNow>());
    }

    [Fact]
    public void A_beat_without_an_answer_fails_and_is_followed_by_another()
    {
        _last = _agent.NextBeat(Now);
        Assert.Equal(_now + Settings.BeatTimeout, _agent.NextWake);

        Pass(5);
        Assert.Empty(Take());
        Pass(1);

        Assert.IsType<BeatNow>(Assert.Single(Take()));
        Assert.Equal(2, _agent.NextBeat(Now).Sequence);
    }

    [Fact]
    public void A_lapsed_lease_kills_everything_and_nothing_starts_until_it_is_renewed()
    {
        Beat(assign: [Some.Attempt(index: 0), Some.Attempt(2, index: 0)]);     // the second waits for the first
        _agent.Started(Some.Attempt(), _now, _fx);
        Take();

        Pass(15);

        Assert.Equal(new StopAttempt(Some.Attempt(), AttemptEndCause.LeaseExpired, null), Assert.Single(Take().OfType<StopAttempt>()));
        End(end: Some.End(AttemptEndCause.ExitNonZero, null));
        Assert.DoesNotContain(Take(), effect => effect is StartAttempt);
        Beat(assign: [Some.Attempt(index: 7)]);
        Assert.Equal(AttemptEndCause.LeaseExpired, _last.Attempts[0].End!.Cause);
        Assert.Equal(AttemptEndCause.NotStarted, _last.Attempts[1].End!.Cause);
        Assert.Single(Take().OfType<StartAttempt>());
    }

    [Fact]
    public void A_reply_that_took_longer_than_the_lease_renews_nothing()
    {
        Running();
        _last = _agent.NextBeat(Now);
        _now = _now.AddSeconds(16);

        Answer(Reply(assign: [Some.Attempt(index: 1)]));

        var effects = Take();
        Assert.DoesNotContain(effects, effect => effect is RenewDeadline or StartAttempt);
        Assert.Contains(new StopAttempt(Some.Attempt(), AttemptEndCause.LeaseExpired, null), effects);
    }

    [Fact]
    public void A_newer_agent_process_ends_this_one()
    {
        Running();
        _last = _agent.NextBeat(Now);

        Answer(new Stale("incarnation", 1, 2));

        Assert.Equal(new StopAttempt(Some.Attempt(), AttemptEndCause.Superseded, null), Assert.Single(Take()));
        Assert.True(_agent.IsReplaced);
        Assert.False(_agent.MayLeave);
        End();
        Assert.True(_agent.MayLeave);
        Assert.Empty(Take());
        Assert.Equal(DateTimeOffset.MaxValue, _agent.NextWake);
    }

    [Fact]
    public void Leaves_once_everything_ended_was_forgotten_and_the_node_was_told()
    {
        Running();
        _agent.Leave(Now, now: false, _fx);
        var effects = Take();
        Assert.Contains(new StopAttempt(Some.Attempt(), AttemptEndCause.Preempted, TimeSpan.FromSeconds(10)), effects);
        Assert.Contains(effects, effect => effect is BeatNow);
        Beat(assign: [Some.Attempt(index: 3)]);
        Assert.True(_last.Leaving);
        Assert.DoesNotContain(Take(), effect => effect is StartAttempt);
        End(end: Some.End(AttemptEndCause.ExitNonZero, 143));
        Beat();
        Assert.Equal(AttemptEndCause.Preempted, _last.Attempts[0].End!.Cause);
        Take();

        Beat(forget: [Some.Attempt()]);
        Assert.False(_agent.MayLeave);
        Assert.Contains(Take(), effect => effect is BeatNow);
        Beat();

        Assert.Empty(_last.Attempts);
        Assert.True(_agent.MayLeave);
        Assert.DoesNotContain(Take(), effect => effect is BeatNow);
    }

    [Fact]
    public void Leaving_takes_a_bounded_time_also_when_nobody_answers()
    {
        Running();
        _agent.Leave(Now, now: false, _fx);
        _last = _agent.NextBeat(Now);

        Pass(25);

        Assert.True(_agent.MayLeave);
        Assert.Equal(DateTimeOffset.MaxValue, _agent.NextWake);
    }

    [Fact]
    public void Leaving_keeps_time_for_telling_the_node_after_the_time_for_keeping()
    {
        Running();
        _agent.Leave(Now, now: false, _fx);

        var keep = Assert.Single(Take().OfType<KeepUntil>());
        _last = _agent.NextBeat(Now);

        Assert.Equal(_now.AddSeconds(10) + Settings.KeepWhenLeaving, keep.Until);
        PassTo(keep.Until + Settings.TellWhenLeaving - TimeSpan.FromTicks(1));
        Assert.False(_agent.MayLeave);
        Pass(1);
        Assert.True(_agent.MayLeave);
    }

    [Fact]
    public void Asked_to_leave_now_it_kills_everything_and_leaves_sooner()
    {
        Running();
        _agent.Leave(Now, now: false, _fx);
        Take();
        Pass(2);

        _agent.Leave(Now, now: true, _fx);
        _agent.Leave(Now, now: true, _fx);
        _agent.Leave(Now, now: false, _fx);

        var effects = Take();
        Assert.Equal(new StopAttempt(Some.Attempt(), AttemptEndCause.Preempted, null), Assert.Single(effects.OfType<StopAttempt>()));
        Assert.Equal(_now + Settings.KeepWhenLeaving, Assert.Single(effects.OfType<KeepUntil>()).Until);
        _last = _agent.NextBeat(Now);
        PassTo(_now + Settings.KeepWhenLeaving + Settings.TellWhenLeaving);
        Assert.True(_agent.MayLeave);
    }

    [Fact]
    public void Asked_to_leave_now_at_the_end_of_leaving_it_takes_no_longer()
    {
        Running();
        _agent.Leave(Now, now: false, _fx);
        var keep = Assert.Single(Take().OfType<KeepUntil>());
        Pass(18);

        _agent.Leave(Now, now: true, _fx);

        Assert.Equal(keep, Assert.Single(Take().OfType<KeepUntil>()));
    }

    private List<AgentEffect> Take()
    {
        var items = _fx.Items.ToList();
        _fx.Clear();
        return items;
    }

    private void Pass(double seconds) => PassTo(_now.AddSeconds(seconds));

    private void PassTo(DateTimeOffset until)
    {
        for (var i = 0; _agent.NextWake is var wake && wake <= until; i++)
        {
            Assert.True(i < 1000, $"The agent does not come to rest at {_now:O}.");
            if (wake > _now) _now = wake;
            _agent.Tick(Now, _fx);
        }

        _now = until;
        _agent.Tick(Now, _fx);
    }

    private void Running(TimeSpan? timeLimit = null)
    {
        _last = _agent.NextBeat(Now);
        var template = Some.Template(timeLimit: timeLimit);
        Answer(Reply() with { Assign = [new Assignment(Some.Attempt(), Some.Epoch1, Some.Run(template: template))] });
        _agent.Started(Some.Attempt(), _now, _fx);
        Beat();
        Take();
    }

    private void End(int number = 1, int index = 0, AttemptEnd? end = null) =>
        _agent.Ended(Some.Attempt(number, index), end ?? Some.End(), Now, _fx);

    private void Beat(
        AttemptId[]? assign = null,
        StopOrder[]? stop = null,
        AttemptId[]? forget = null,
        TimeSpan? nextBeat = null,
        long epoch = 1)
    {
        _last = _agent.NextBeat(Now);
        Answer(Reply(null, assign, stop, forget, nextBeat, epoch));
    }

    private void Answer(Reply reply) => _agent.BeatAnswered(_last.Sequence, reply, Now, _fx);

    private LeaseReply Reply(
        long? sequence = null,
        AttemptId[]? assign = null,
        StopOrder[]? stop = null,
        AttemptId[]? forget = null,
        TimeSpan? nextBeat = null,
        long epoch = 1) => new(
            new Epoch(epoch),
            sequence ?? _last.Sequence,
            Lease,
            [.. (assign ?? []).Select(attempt => new Assignment(attempt, new Epoch(epoch), Some.Run(attempt.Task.Index)))],
            [.. stop ?? []],
            [.. forget ?? []],
            nextBeat ?? TimeSpan.FromSeconds(1));
}
