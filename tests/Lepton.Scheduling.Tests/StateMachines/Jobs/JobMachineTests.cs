using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.Tests.StateMachines.Jobs;

public sealed class JobMachineTests
{
    private static readonly SubmitJob Chain = Specs.Submit(Specs.Group("train", 0, 2), Specs.Group("eval", 2, 1, "train"));

    [Fact]
    public void Accepts_a_job_and_announces_the_groups_that_wait_for_nothing()
    {
        var job = Submitted(Chain);

        var ready = job.Waiting<JobReady>();
        var range = Assert.Single(ready.Ranges);
        Assert.Equal(new ReadyRange("train", 0, 2), range);
        Assert.Equal(JobPhase.Active, job.RowAs<JobRow>().Phase);
        Assert.IsType<JobReady>(Assert.Single(job.Stored!.Owed).Body);
    }

    [Fact]
    public void Meets_the_same_job_when_the_same_body_is_submitted_again()
    {
        var job = Submitted(Chain);

        Assert.Equal(new JobAccepted(Some.Job, 3, Replayed: true), job.Ask(Chain));
        Assert.Equal(1, job.Writes);
    }

    [Fact]
    public void Refuses_another_body_under_the_same_key_and_names_the_job()
    {
        var job = Submitted(Chain);

        var refused = Assert.IsType<Refused>(job.Ask(Chain with { BodyHash = "other" }));

        Assert.Equal(RefusalCode.Conflict, refused.Code);
        Assert.Contains(Some.Job.ToString(), refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_job_of_another_region()
    {
        var job = new MachineHarness(() => new JobMachine(Some.Job, Some.West, Some.Settings(Some.West))).Activate();

        Assert.Equal(RefusalCode.NotOwner, Assert.IsType<Refused>(job.Ask(Chain)).Code);
        Assert.Null(job.Stored);
    }

    [Fact]
    public void Refuses_a_spec_whose_dependency_does_not_exist()
    {
        var refused = Assert.IsType<Refused>(New().Ask(Specs.Submit(Specs.Group("eval", 0, 1, "train"))));

        Assert.Equal(RefusalCode.Invalid, refused.Code);
        Assert.Contains("train", refused.Text, StringComparison.Ordinal);
    }

    [Fact]
    public void Announces_a_dependent_group_with_the_outputs_it_needs_when_all_before_it_succeeded()
    {
        var job = Submitted(Chain);
        job.Answer<JobReady>(Ack.Done);
        var model = new ArtifactRef("model.zip", Some.East, "abc", 10);

        Assert.Equal(Ack.Done, job.Ask(Specs.Ended(0, artifacts: [model])));
        Assert.False(job.HasWaiting<JobReady>());
        job.Ask(Specs.Ended(1));

        var ready = job.Waiting<JobReady>();
        Assert.Equal(new ReadyRange("eval", 2, 1), Assert.Single(ready.Ranges));
        var upstream = Assert.Single(ready.Upstream);
        Assert.Equal(("train", 0), (upstream.Group, upstream.IndexInGroup));
        Assert.Equal(model, Assert.Single(upstream.Artifacts));
    }

    [Fact]
    public void Answers_the_last_task_of_a_group_only_when_the_region_knows_the_next_one()
    {
        var job = Submitted(Chain);
        job.Answer<JobReady>(Ack.Done);
        job.Ask(Specs.Ended(0));

        var call = job.Post(Specs.Ended(1));
        Assert.Null(job.ReplyTo(call));
        job.Answer<JobReady>(Ack.Done);

        Assert.Equal(Ack.Done, job.ReplyTo(call));
    }

    [Fact]
    public void Cancels_what_depends_on_a_failed_task_without_a_record_of_its_own()
    {
        var job = Submitted(Specs.Submit(Specs.Group("train", 0, 2), Specs.Group("eval", 2, 3, "train"), Specs.Group("report", 5, 1, "eval")));
        job.Answer<JobReady>(Ack.Done);
        job.Ask(Specs.Ended(0, TaskPhase.Failed, "exit code 1"));
        job.Ask(Specs.Ended(1));

        var row = job.RowAs<JobRow>();

        Assert.Equal((JobPhase.Failed, 1, 1, 4), (row.Phase, row.Succeeded, row.Failed, row.CancelledCount));
        Assert.Equal("failed: task 0 exit code 1", row.Message);
        Assert.Equal(TaskPhase.Cancelled, TaskDerivation.Of(row, 5, hasRow: false)!.Value.Phase);
        Assert.Null(TaskDerivation.Of(row, 0, hasRow: true));
    }

    [Fact]
    public void Closes_once_all_tasks_have_ended_and_owes_nothing_after_that()
    {
        var job = Submitted(Specs.Submit(Specs.Group("only", 0, 2)));
        job.Answer<JobReady>(Ack.Done);
        job.Ask(Specs.Ended(0));
        job.Pass(TimeSpan.FromSeconds(5));
        var last = job.Post(Specs.Ended(1));
        var repeat = job.Post(Specs.Ended(1));      // changes nothing
        var writes = job.Writes;

        var row = job.RowAs<JobRow>();
        Assert.Equal((JobPhase.Succeeded, 2, 0, 0), (row.Phase, row.Succeeded, row.Failed, row.CancelledCount));
        Assert.Equal(MachineHarness.Start.AddSeconds(5), row.EndedAt);
        Assert.Null(job.ReplyTo(last));
        job.Answer<JobClosed>(Ack.Done);
        Assert.Equal((Ack.Done, Ack.Done), (job.ReplyTo(last), job.ReplyTo(repeat)));
        Assert.Equal(Ack.Done, job.Ask(Specs.Ended(1)));
        Assert.Empty(job.Stored!.Owed);
        Assert.Equal(writes, job.Writes);           // nothing is owed, so nothing is struck out
    }

    [Fact]
    public void Tells_the_region_of_its_end_again_when_its_last_task_repeats_after_a_restart()
    {
        var job = Submitted(Specs.Submit(Specs.Group("only", 0, 1)));
        job.Answer<JobReady>(Ack.Done);
        job.Post(Specs.Ended(0));
        job.Restart();
        Assert.False(job.HasWaiting<JobClosed>());

        var repeat = job.Post(Specs.Ended(0));
        Assert.Null(job.ReplyTo(repeat));
        job.Answer<JobClosed>(Ack.Done);

        Assert.Equal(Ack.Done, job.ReplyTo(repeat));
    }

    [Fact]
    public void Tells_the_region_of_its_end_when_the_region_still_counts_it_as_live()
    {
        var job = Submitted(Specs.Submit(Specs.Group("only", 0, 1)));
        job.Answer<JobReady>(Ack.Done);
        job.Post(Specs.Ended(0));
        job.Restart();

        job.Post(new GroupsEnded(Some.Job, ["only"]));

        Assert.True(job.HasWaiting<JobClosed>());
    }

    [Fact]
    public void Looks_for_records_of_tasks_only_when_it_has_one_itself()
    {
        var machine = new JobMachine(Some.Job, Some.East, Some.Settings());

        Assert.Empty(machine.Scans(null));
        Assert.Single(machine.Scans(Submitted(Specs.Submit(Specs.Group("only", 0, 1))).RowAs<JobRow>()));
    }

    [Fact]
    public void Does_not_know_a_task_of_a_job_that_was_never_submitted()
    {
        Assert.Equal(RefusalCode.NotFound, Assert.IsType<Refused>(New().Ask(Specs.Ended(0))).Code);
    }

    [Fact]
    public void Cancels_what_waits_by_the_word_of_the_region_and_what_has_left_it_by_itself()
    {
        var job = Submitted(Specs.Submit(Specs.Group("only", 0, 4)));
        job.Answer<JobReady>(Ack.Done);
        job.Ask(Specs.Ended(0));

        Assert.Equal(Ack.Done, job.Ask(new CancelJob(Some.Job, "no longer needed", Force: false)));
        Assert.Equal(JobPhase.Cancelling, job.RowAs<JobRow>().Phase);
        job.Answer<Withdraw>(new Withdrawn([0, 2]));

        var cancel = job.Waiting<CancelTask>();
        Assert.Equal((2, "no longer needed"), (cancel.Task.Index, cancel.Reason));
        Assert.Null(job.RowAs<JobRow>().EndedAt);
        job.Ask(Specs.Ended(2, TaskPhase.Cancelled));
        var row = job.RowAs<JobRow>();
        Assert.Equal((JobPhase.Cancelled, 1, 3), (row.Phase, row.Succeeded, row.CancelledCount));
    }

    [Fact]
    public void Goes_on_cancelling_after_a_restart()
    {
        var job = Submitted(Specs.Submit(Specs.Group("only", 0, 2)));
        job.Ask(new CancelJob(Some.Job, "stop", Force: false));

        job.Restart();

        Assert.True(job.HasWaiting<Withdraw>());
        while (job.HasWaiting<Withdraw>()) job.Answer<Withdraw>(new Withdrawn([]));
        Assert.Equal(JobPhase.Cancelled, job.RowAs<JobRow>().Phase);
    }

    [Fact]
    public void Cancels_one_task_and_lets_the_others_run()
    {
        var job = Submitted(Specs.Submit(Specs.Group("only", 0, 2)));
        job.Answer<JobReady>(Ack.Done);

        job.Ask(new CancelOne(Some.Task(1), "", Force: false));
        Assert.Equal([1], job.Waiting<Withdraw>().Indexes!.Value);
        job.Answer<Withdraw>(new Withdrawn([]));

        Assert.Null(job.RowAs<JobRow>().EndedAt);
        job.Ask(Specs.Ended(0));
        Assert.Equal(JobPhase.Cancelled, job.RowAs<JobRow>().Phase);
        Assert.Equal(TaskPhase.Cancelled, TaskDerivation.Of(job.RowAs<JobRow>(), 1, hasRow: false)!.Value.Phase);
        Assert.Equal([1], Assert.IsType<JobDescription>(job.Ask(new DescribeJob(Some.Job))).CancelledIndexes);
    }

    [Fact]
    public void Announces_again_after_a_restart_what_has_neither_record_nor_outcome()
    {
        var job = Submitted(Specs.Submit(Specs.Group("a", 0, 4), Specs.Group("b", 4, 2, "a")));
        job.Answer<JobReady>(Ack.Done);

        job.WithRows(Specs.TaskRow(1, TaskPhase.Succeeded), Specs.TaskRow(2, TaskPhase.Running)).Restart();

        var ready = job.Outbox.Select(s => s.Body).OfType<JobReady>().Last();
        Assert.Equal([new ReadyRange("a", 0, 1), new ReadyRange("a", 3, 1)], ready.Ranges);
    }

    [Fact]
    public void Asks_the_tasks_it_has_not_heard_of_when_the_region_says_that_all_are_over()
    {
        var job = Submitted(Chain);
        job.Answer<JobReady>(Ack.Done);
        job.Ask(Specs.Ended(0));

        Assert.Equal(Ack.Done, job.Ask(new GroupsEnded(Some.Job, ["train"])));
        Assert.Equal(Some.Task(1), job.Waiting<DescribeTask>().Task);
        job.Answer<DescribeTask>(new TaskDescription(Specs.TaskRow(1, TaskPhase.Succeeded)));

        Assert.Equal("eval", Assert.Single(job.Waiting<JobReady>().Ranges).Group);
    }

    [Fact]
    public void Tells_how_far_it_is()
    {
        var job = Submitted(Chain);
        job.Ask(Specs.Ended(0));

        var description = Assert.IsType<JobDescription>(job.Ask(new DescribeJob(Some.Job)));

        Assert.Equal([new GroupProgress("train", 2, 1, 0, 0, true), new GroupProgress("eval", 1, 0, 0, 0, false)], description.Groups);
    }

    private static MachineHarness New() => new MachineHarness(() => new JobMachine(Some.Job, Some.East, Some.Settings())).Activate();

    private static MachineHarness Submitted(SubmitJob submit)
    {
        var job = New();
        Assert.IsType<JobAccepted>(job.Ask(submit));
        return job;
    }
}
