using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Shell;
using Lepton.Scheduling.StateMachines.Agents;
using StopAttempt = Lepton.Scheduling.StateMachines.Agents.StopAttempt;

namespace Lepton.Scheduling.Tests.StateMachines.Agents;

/// <summary>What the agent starts, stops, lists and forgets.</summary>
public sealed partial class AgentMachineTests
{
    [Fact]
    public void Starts_what_is_assigned_once_however_often_it_is_assigned()
    {
        Beat(assign: [Some.Attempt()]);
        Assert.Equal(Some.Attempt(), Assert.Single(Take().OfType<StartAttempt>()).Assignment.Attempt);

        Beat(assign: [Some.Attempt()]);
        _agent.Started(Some.Attempt(), _now, _fx);
        Beat(assign: [Some.Attempt()]);
        End();
        Beat(assign: [Some.Attempt()]);

        Assert.DoesNotContain(Take(), effect => effect is StartAttempt);
        Assert.Single(_last.Attempts);
    }

    [Fact]
    public void Lists_what_it_holds_until_it_is_told_to_forget()
    {
        Beat(assign: [Some.Attempt()]);
        Beat();
        Assert.Equal(TaskPhase.Starting, Assert.Single(_last.Attempts).Phase);
        _agent.Started(Some.Attempt(), _now, _fx);
        _agent.Reported(Some.Attempt(), [new MetricValue("loss", 2, 1)]);
        _agent.Reported(Some.Attempt(), [new MetricValue("loss", 1, 2)]);
        Beat();
        var running = Assert.Single(_last.Attempts);
        Assert.Equal(TaskPhase.Running, running.Phase);
        Assert.Equal(1, Assert.Single(running.Metrics).Value);
        End();
        Beat();
        var ended = Assert.Single(_last.Attempts).End!;
        Assert.Equal(AttemptEndCause.Completed, ended.Cause);
        Assert.Equal(_now, ended.StartedAt);
        Assert.Equal(1, Assert.Single(ended.Metrics).Value);
        Take();

        Beat(forget: [Some.Attempt()]);

        Assert.Equal(new ForgetAttempt(Some.Attempt()), Assert.Single(Take().OfType<ForgetAttempt>()));
        Beat();
        Assert.Empty(_last.Attempts);
    }

    [Fact]
    public void Does_not_forget_what_is_alive()
    {
        Beat(assign: [Some.Attempt()]);

        Beat(forget: [Some.Attempt()]);

        Assert.DoesNotContain(Take(), effect => effect is ForgetAttempt);
        Beat();
        Assert.Single(_last.Attempts);
    }

    [Fact]
    public void Waits_with_a_start_while_a_former_attempt_of_the_task_is_alive()
    {
        Beat(assign: [Some.Attempt()]);
        Beat(assign: [Some.Attempt(2)]);
        Assert.Single(Take().OfType<StartAttempt>());

        End();

        Assert.Equal(Some.Attempt(2), Assert.Single(Take().OfType<StartAttempt>()).Assignment.Attempt);
    }

    [Fact]
    public void Waits_with_a_start_while_the_processes_leave_no_room()
    {
        Beat(assign: [Some.Attempt(index: 0), Some.Attempt(index: 1), Some.Attempt(index: 2), Some.Attempt(index: 3), Some.Attempt(index: 4)]);
        Assert.Equal(4, Take().OfType<StartAttempt>().Count());
        Beat();
        Assert.Equal(5, _last.Attempts.Length);

        End(index: 2);

        Assert.Equal(Some.Attempt(index: 4), Assert.Single(Take().OfType<StartAttempt>()).Assignment.Attempt);
    }

    [Fact]
    public void A_stop_gives_its_cause_to_the_end_and_only_gets_stricter()
    {
        Running();
        Beat(stop: [new StopOrder(Some.Attempt(), AttemptEndCause.Cancelled, TimeSpan.FromSeconds(10))]);
        Beat(stop: [new StopOrder(Some.Attempt(), AttemptEndCause.Cancelled, TimeSpan.FromSeconds(10))]);
        Assert.Equal(new StopAttempt(Some.Attempt(), AttemptEndCause.Cancelled, TimeSpan.FromSeconds(10)), Assert.Single(Take().OfType<StopAttempt>()));
        Beat(stop: [new StopOrder(Some.Attempt(), AttemptEndCause.Superseded, null)]);
        Beat(stop: [new StopOrder(Some.Attempt(), AttemptEndCause.Superseded, null)]);
        Assert.Equal(new StopAttempt(Some.Attempt(), AttemptEndCause.Cancelled, null), Assert.Single(Take().OfType<StopAttempt>()));

        End(end: Some.End(AttemptEndCause.ExitNonZero, 143));

        Beat();
        Assert.Equal(AttemptEndCause.Cancelled, _last.Attempts[0].End!.Cause);
        Assert.Equal(143, _last.Attempts[0].End!.ExitCode);
    }

    [Fact]
    public void What_finished_by_itself_before_the_stop_has_completed()
    {
        Running();
        Beat(stop: [new StopOrder(Some.Attempt(), AttemptEndCause.Cancelled, TimeSpan.FromSeconds(10))]);

        End();

        Beat();
        Assert.Equal(AttemptEndCause.Completed, _last.Attempts[0].End!.Cause);
    }

    [Fact]
    public void A_stop_of_what_waits_ends_it_without_a_process()
    {
        Beat(assign: [Some.Attempt()]);
        Beat(assign: [Some.Attempt(2)]);
        Take();

        Beat(stop: [new StopOrder(Some.Attempt(2), AttemptEndCause.Cancelled, TimeSpan.FromSeconds(10))]);

        Assert.DoesNotContain(Take(), effect => effect is StopAttempt or StartAttempt);
        Beat();
        Assert.Equal(AttemptEndCause.Cancelled, _last.Attempts[1].End!.Cause);
    }

    [Fact]
    public void A_time_limit_counts_from_the_start()
    {
        Running(timeLimit: TimeSpan.FromSeconds(3));
        Assert.Equal(_now.AddSeconds(1), _agent.NextWake);     // the next beat
        Pass(1);
        Beat(nextBeat: TimeSpan.FromSeconds(10));
        Take();
        Assert.Equal(_now.AddSeconds(2), _agent.NextWake);

        Pass(2);

        Assert.Equal(new StopAttempt(Some.Attempt(), AttemptEndCause.TimedOut, TimeSpan.FromSeconds(10)), Assert.Single(Take().OfType<StopAttempt>()));
        End(end: Some.End(AttemptEndCause.ExitNonZero, 143));
        Beat();
        Assert.Equal(AttemptEndCause.TimedOut, _last.Attempts[0].End!.Cause);
    }

    [Fact]
    public void Adopted_attempts_are_listed_from_the_first_beat_and_keep_their_time_limit_and_grace()
    {
        _agent.Adopt(new AdoptedAttempt(Some.Attempt(), new Epoch(3), Some.Cpus(1000), _now.AddSeconds(-8), TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(3), null), Now);
        _agent.Adopt(new AdoptedAttempt(Some.Attempt(index: 1), new Epoch(3), Some.Cpus(1000), _now.AddSeconds(-8), null, TimeSpan.Zero, Some.End()), Now);

        Beat(nextBeat: TimeSpan.FromSeconds(10), epoch: 3);

        Assert.Equal(TaskPhase.Running, _last.Attempts[0].Phase);
        Assert.Equal(new Epoch(3), _last.Attempts[0].NodeEpoch);
        Assert.NotNull(_last.Attempts[1].End);
        Take();
        Pass(2);
        Assert.Equal(new StopAttempt(Some.Attempt(), AttemptEndCause.TimedOut, TimeSpan.FromMinutes(3)), Assert.Single(Take().OfType<StopAttempt>()));
        Assert.Throws<InvalidOperationException>(() => _agent.Adopt(new AdoptedAttempt(Some.Attempt(), default, default, _now, null, default, null), Now));
    }

    [Fact]
    public void What_the_runtime_says_of_unknown_or_ended_attempts_is_ignored()
    {
        _agent.Started(Some.Attempt(), _now, _fx);
        _agent.Reported(Some.Attempt(), [new MetricValue("loss", 1, 1)]);
        End();
        Assert.Empty(Take());
        Running();
        End();
        End(end: Some.End(AttemptEndCause.ExitNonZero, 1));
        Beat();

        Assert.Equal(AttemptEndCause.Completed, Assert.Single(_last.Attempts).End!.Cause);
    }
}
