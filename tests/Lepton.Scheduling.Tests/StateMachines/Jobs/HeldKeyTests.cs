using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.Tests.StateMachines.Jobs;

/// <summary>One idempotency key, one job: also when a residency sends the job to another region than the key's.</summary>
public sealed class HeldKeyTests
{
    private static readonly SubmitJob Submit = Specs.Submit(Specs.Group("only", 0, 1));
    private static readonly JobId There = new(Some.West, "job1");

    [Fact]
    public void A_key_held_for_a_job_elsewhere_takes_no_job_here_also_after_a_restart()
    {
        var job = New();
        Assert.Equal(Ack.Done, job.Ask(new HoldKey(Some.Job, There)));
        Assert.Equal(There, job.RowAs<HeldKeyRow>().HeldFor);

        foreach (var machine in new[] { job, job.Restart() })
        {
            var refused = Assert.IsType<Refused>(machine.Ask(Submit));
            Assert.Equal(RefusalCode.Conflict, refused.Code);
            Assert.Contains(There.ToString(), refused.Text, StringComparison.Ordinal);
        }

        Assert.Equal(RefusalCode.NotFound, Assert.IsType<Refused>(job.Ask(new DescribeJob(Some.Job))).Code);
        Assert.Empty(job.AllSent);
    }

    [Fact]
    public void A_key_with_a_job_here_is_held_for_nobody()
    {
        var job = New();
        job.Ask(Submit);

        Assert.Equal(RefusalCode.Conflict, Assert.IsType<Refused>(job.Ask(new HoldKey(Some.Job, There))).Code);
        Assert.IsType<JobRow>(job.Stored!.Row);
        Assert.Equal(new JobAccepted(Some.Job, 1, Replayed: true), job.Ask(Submit));
    }

    [Fact]
    public void A_repeat_holds_it_again_and_another_residency_does_not()
    {
        var job = New();
        job.Ask(new HoldKey(Some.Job, There));

        Assert.Equal(Ack.Done, job.Ask(new HoldKey(Some.Job, There)));
        Assert.Equal(RefusalCode.Conflict, Assert.IsType<Refused>(job.Ask(new HoldKey(Some.Job, new JobId(new RegionId("ap-south"), "job1")))).Code);
    }

    [Fact]
    public void A_region_holds_only_keys_of_its_own()
    {
        var job = New();

        Assert.Equal(RefusalCode.NotOwner, Assert.IsType<Refused>(job.Ask(new HoldKey(There, Some.Job))).Code);
        Assert.Null(job.Stored);
    }

    /// <summary>Submits with and without residency in any order, with restarts in between: the first has the key, everything that is not its repeat is a conflict.</summary>
    [Fact]
    public void Whoever_comes_first_has_the_key() => Gen.Select(Gen.Int[0, 3], Gen.Bool).Array[1, 8].Sample(tries =>
    {
        var job = New();
        foreach (var (what, restarts) in tries)
        {
            if (restarts) job.Restart();
            var reply = job.Ask(MessageOf(what));
            if (what == tries[0].Item1) Assert.IsNotType<Refused>(reply);
            else Assert.Equal(RefusalCode.Conflict, Assert.IsType<Refused>(reply).Code);
        }
    });

    private static Message MessageOf(int what) => what switch
    {
        0 => Submit,
        1 => Submit with { BodyHash = "other" },
        2 => new HoldKey(Some.Job, There),
        _ => new HoldKey(Some.Job, new JobId(new RegionId("ap-south"), "job1")),
    };

    private static MachineHarness New() => new MachineHarness(() => new JobMachine(Some.Job, Some.East, Some.Settings())).Activate();
}
