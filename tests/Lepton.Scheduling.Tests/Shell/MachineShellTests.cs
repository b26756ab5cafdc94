using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.Tests.Shell;

public sealed class MachineShellTests
{
    private static readonly Address Peer = Address.Of(Some.West);
    private static readonly Moment Zero = new(MachineHarness.Start, 1);

    [Fact]
    public void Nothing_leaves_before_the_row_is_durable()
    {
        var machine = new ScriptedMachine
        {
            OnAsk = (_, call, effects) =>
            {
                effects.Save();
                effects.Reply(call, Ack.Done);
                effects.Send(Peer, AskRegion.Now, SendMode.UntilAnswered);
                effects.HintAgent();
            },
        };
        var shell = new MachineShell(machine, Some.Settings());
        shell.Start(null, [], Zero);
        shell.Begin(Zero);
        shell.Commit(null, Zero);
        Assert.True(shell.Receive(AskRegion.Now, out var call));

        var write = shell.Begin(Zero);

        Assert.NotNull(write);
        Assert.Equal(0, write.ExpectedETag);
        Assert.False(shell.HasWork(Zero.At), "a cycle is open: nothing may begin before its commit");
        var release = shell.Commit(1, Zero);
        Assert.Equal((call, Ack.Done), Assert.Single(release.Replies));
        Assert.IsType<AskRegion>(Assert.Single(release.Sends).Body);
        Assert.True(release.HintAgent);
    }

    [Fact]
    public void One_cycle_makes_one_write_for_many_inputs_and_expects_the_newest_version()
    {
        var machine = new ScriptedMachine { OnAsk = (_, call, effects) => { effects.Save(); effects.Reply(call, Ack.Done); } };
        var shell = new MachineShell(machine, Some.Settings());
        shell.Start(null, [], Zero);
        shell.Begin(Zero);
        shell.Commit(null, Zero);
        for (var i = 0; i < 100; i++) shell.Receive(AskRegion.Now, out _);

        Assert.Equal(0, shell.Begin(Zero)!.ExpectedETag);
        Assert.Equal(100, shell.Commit(7, Zero).Replies.Length);

        shell.Receive(AskRegion.Now, out _);
        Assert.Equal(7, shell.Begin(Zero)!.ExpectedETag);
    }

    [Fact]
    public void What_arrives_between_collecting_and_deciding_is_of_the_next_cycle()
    {
        var machine = new ScriptedMachine { OnAsk = (_, call, effects) => effects.Reply(call, Ack.Done) };
        var shell = new MachineShell(machine, Some.Settings());
        shell.Start(null, [], Zero);
        shell.Begin(Zero);
        shell.Commit(null, Zero);
        shell.Receive(AskRegion.Now, out var early);

        shell.Collect();
        shell.Receive(AskRegion.Now, out var late);
        Assert.Null(shell.Decide(Zero));

        Assert.Equal((early, Ack.Done), Assert.Single(shell.Commit(null, Zero).Replies));
        Assert.True(shell.HasWork(Zero.At));
        shell.Begin(Zero);
        Assert.Equal((late, Ack.Done), Assert.Single(shell.Commit(null, Zero).Replies));
        Assert.Throws<InvalidOperationException>(() => shell.Decide(Zero));
    }

    [Fact]
    public void A_cycle_takes_no_more_than_its_limit_and_leaves_the_rest_for_the_next()
    {
        var machine = new ScriptedMachine();
        var shell = new MachineShell(machine, Some.Settings());
        shell.Start(null, [], Zero);
        for (var i = 0; i < MachineShell.InputsPerCycle + 10; i++) shell.Receive(AskRegion.Now, out _);

        shell.Begin(Zero);
        shell.Commit(null, Zero);

        Assert.Equal(11, shell.Waiting);        // the start took one place
        Assert.True(shell.HasWork(Zero.At));
    }

    [Fact]
    public void A_full_inbox_takes_nothing_more()
    {
        var shell = new MachineShell(new ScriptedMachine(), Some.Settings() with { InboxLimit = 3 });
        shell.Start(null, [], Zero);
        Assert.True(shell.Receive(AskRegion.Now, out _));
        Assert.True(shell.Receive(AskRegion.Now, out _));

        Assert.False(shell.Receive(AskRegion.Now, out _));
    }

    [Fact]
    public void What_is_owed_is_stored_and_survives_a_restart_under_its_number()
    {
        var harness = Owing();

        harness.Ask(new DescribeJob(Some.Job));
        var before = Assert.Single(harness.Outbox);
        Assert.Equal(before.Number, Assert.Single(harness.Stored!.Owed).Number);

        harness.Restart();

        Assert.Equal(before.Number, Assert.Single(harness.Outbox).Number);
        harness.Ask(new DescribeJob(Some.Job));
        Assert.Equal(2, harness.Stored!.Owed.Select(owed => owed.Number).Distinct().Count());
    }

    [Fact]
    public void A_message_that_is_only_repeated_is_forgotten_in_a_crash()
    {
        var machine = new Func<IStateMachine>(() => new ScriptedMachine
        {
            OnAsk = (_, call, effects) =>
            {
                effects.Save();
                effects.Send(Peer, AskRegion.Now, SendMode.UntilAnswered);
                effects.Reply(call, Ack.Done);
            },
        });
        var harness = new MachineHarness(machine).Activate();
        harness.Ask(new DescribeJob(Some.Job));
        Assert.Single(harness.Outbox);

        harness.Restart();

        Assert.Empty(harness.Outbox);
    }

    [Fact]
    public void That_an_owed_message_was_answered_rides_on_the_next_write()
    {
        var harness = Owing();
        harness.Ask(new DescribeJob(Some.Job));
        var writes = harness.Writes;

        harness.Answer<AskRegion>(Ack.Done);

        Assert.Equal(writes, harness.Writes);
        Assert.Single(harness.Stored!.Owed);        // not struck yet: a crash now would send it again
        harness.Ask(new DescribeTask(Some.Task()));
        Assert.Equal(writes + 1, harness.Writes);
        Assert.Empty(harness.Stored!.Owed);
    }

    [Fact]
    public void Owing_alone_makes_a_write()
    {
        var harness = new MachineHarness(() => new ScriptedMachine { OnAsk = (_, _, effects) => effects.Send(Peer, AskRegion.Now, SendMode.Owed) }).Activate();

        harness.Ask(AskRegion.Now);

        Assert.Equal(1, harness.Writes);
    }

    [Theory]
    [InlineData(SendMode.UntilAnswered)]
    [InlineData(SendMode.Owed)]
    public void Silence_is_answered_by_repeats_with_growing_and_bounded_pauses(SendMode mode)
    {
        var machine = new ScriptedMachine { OnAsk = (_, _, effects) => effects.Send(Peer, AskRegion.Now, mode) };
        var harness = new MachineHarness(() => machine).Activate();
        var settings = Some.Settings();
        harness.Ask(AskRegion.Now);
        var pauses = new List<TimeSpan>();
        for (var i = 0; i < 12; i++)
        {
            harness.Answer<AskRegion>(new Unanswered("lost"));
            var asked = harness.Now;
            while (!harness.HasWaiting<AskRegion>()) harness.Pass(TimeSpan.FromMilliseconds(1));
            pauses.Add(harness.Now - asked);
        }

        Assert.Empty(machine.Answers);
        Assert.InRange(pauses[0], settings.ResendFirst / 2, settings.ResendFirst + TimeSpan.FromMilliseconds(1));
        Assert.All(pauses, pause => Assert.True(pause <= settings.ResendLongest + TimeSpan.FromMilliseconds(1)));
        Assert.True(pauses[^1] >= settings.ResendLongest / 2, $"the last pause is {pauses[^1]}");
        Assert.Single(harness.AllSent.Select(send => send.Number).Distinct());
    }

    [Fact]
    public void A_busy_receiver_is_given_the_time_it_asks_for()
    {
        var harness = new MachineHarness(() => new ScriptedMachine { OnAsk = (_, _, effects) => effects.Send(Peer, AskRegion.Now, SendMode.UntilAnswered) }).Activate();
        harness.Ask(AskRegion.Now);

        harness.Answer<AskRegion>(new Busy(TimeSpan.FromSeconds(30)));

        harness.Pass(TimeSpan.FromSeconds(29));
        Assert.Empty(harness.Outbox);
        harness.Pass(TimeSpan.FromSeconds(1));
        Assert.Single(harness.Outbox);
    }

    [Theory]
    [InlineData(RefusalCode.StoreUnavailable)]
    [InlineData(RefusalCode.RegionUnreachable)]
    public void A_refusal_that_leaves_the_outcome_unknown_is_no_answer(RefusalCode code)
    {
        var machine = new ScriptedMachine { OnAsk = (_, _, effects) => effects.Send(Peer, AskRegion.Now, SendMode.UntilAnswered) };
        var harness = new MachineHarness(() => machine).Activate();
        harness.Ask(AskRegion.Now);

        harness.Answer<AskRegion>(new Refused(code, "later"));
        harness.Pass(TimeSpan.FromSeconds(1));

        Assert.Empty(machine.Answers);
        Assert.Single(harness.Outbox);
    }

    [Fact]
    public void Silence_told_twice_makes_one_repeat()
    {
        var harness = new MachineHarness(() => new ScriptedMachine { OnAsk = (_, _, effects) => effects.Send(Peer, AskRegion.Now, SendMode.UntilAnswered) }).Activate();
        harness.Ask(AskRegion.Now);
        var number = Assert.Single(harness.Outbox).Number;
        harness.Outbox.Clear();

        harness.Shell.Answered(number, new Unanswered("lost"));
        harness.Shell.Answered(number, new Unanswered("lost"));
        harness.Pass(TimeSpan.FromSeconds(10));

        Assert.Single(harness.Outbox);
    }

    [Fact]
    public void A_late_answer_to_an_earlier_try_counts_and_a_second_answer_does_not()
    {
        var machine = new ScriptedMachine { OnAsk = (_, _, effects) => effects.Send(Peer, AskRegion.Now, SendMode.UntilAnswered) };
        var harness = new MachineHarness(() => machine).Activate();
        harness.Ask(AskRegion.Now);
        var number = Assert.Single(harness.Outbox).Number;

        harness.Shell.Answered(number, new Unanswered("lost"));
        harness.Shell.Answered(number, Ack.Done);
        harness.Shell.Answered(number, new Stale("try", 1, 2));
        harness.Run();

        Assert.Equal(Ack.Done, Assert.Single(machine.Answers));
        Assert.Equal(0, harness.Shell.Unanswered);
        harness.Outbox.Clear();
        harness.Pass(TimeSpan.FromMinutes(1));
        Assert.Empty(harness.Outbox);
    }

    [Fact]
    public void One_try_only_tells_the_machine_of_silence()
    {
        var machine = new ScriptedMachine { OnAsk = (_, _, effects) => effects.Send(Peer, AskRegion.Now, SendMode.Once) };
        var harness = new MachineHarness(() => machine).Activate();
        harness.Ask(AskRegion.Now);
        harness.Answer<AskRegion>(new Unanswered("lost"));
        harness.Ask(AskRegion.Now);
        harness.Answer<AskRegion>(new Busy(TimeSpan.FromSeconds(1)));

        Assert.Equal(2, machine.Answers.Count);
        Assert.All(machine.Answers, answer => Assert.IsType<Unanswered>(answer));
        harness.Pass(TimeSpan.FromMinutes(1));
        Assert.Empty(harness.Outbox);
    }

    [Fact]
    public void What_was_dropped_is_neither_repeated_nor_stored_nor_answered()
    {
        var machine = new ScriptedMachine
        {
            OnAsk = (message, _, effects) =>
            {
                if (message is AskRegion) effects.Send(Peer, AskRegion.Now, SendMode.Owed);
                if (message is not DescribeJob) return;
                effects.Send(Peer, AskRegion.Now, SendMode.Owed);       // of the same batch: dropped as well
                effects.Drop((to, sent) => to == Peer && sent is AskRegion);
                effects.Save();
            },
        };
        var harness = new MachineHarness(() => machine).Activate();
        harness.Ask(AskRegion.Now);
        var number = Assert.Single(harness.Outbox).Number;

        harness.Ask(new DescribeJob(Some.Job));
        harness.Shell.Answered(number, Ack.Done);
        harness.Run();

        Assert.Empty(harness.Stored!.Owed);
        Assert.Empty(machine.Answers);
        Assert.Equal(0, harness.Shell.Unanswered);
        Assert.Single(harness.AllSent);
    }

    [Fact]
    public void The_earliest_wake_counts_and_one_tick_clears_them_all()
    {
        var machine = new ScriptedMachine
        {
            OnAsk = (_, _, effects) =>
            {
                effects.WakeAt(MachineHarness.Start.AddSeconds(20));
                effects.WakeAt(MachineHarness.Start.AddSeconds(10));
                effects.WakeAt(MachineHarness.Start.AddSeconds(30));
            },
        };
        var harness = new MachineHarness(() => machine).Activate();

        harness.Ask(AskRegion.Now);
        harness.Pass(TimeSpan.FromMinutes(1));

        Assert.Equal([MachineHarness.Start.AddSeconds(10)], machine.Ticks);
    }

    [Fact]
    public void A_wake_asked_at_the_start_that_is_due_ticks_once()
    {
        var machine = new ScriptedMachine { OnRestore = (_, effects) => effects.WakeAt(MachineHarness.Start) };

        new MachineHarness(() => machine).Activate();

        Assert.Single(machine.Ticks);
    }

    [Fact]
    public void A_later_ask_does_not_put_off_an_earlier_wake()
    {
        var at = MachineHarness.Start.AddSeconds(10);
        var machine = new ScriptedMachine { OnAsk = (_, _, effects) => { effects.WakeAt(at); at = at.AddSeconds(10); } };
        var harness = new MachineHarness(() => machine).Activate();
        harness.Ask(AskRegion.Now);
        harness.Ask(AskRegion.Now);

        harness.Pass(TimeSpan.FromSeconds(10));

        Assert.Single(machine.Ticks);
    }

    [Fact]
    public void After_a_failed_write_a_new_shell_starts_from_what_is_stored()
    {
        ScriptedMachine Make() => new()
        {
            OnAsk = (_, call, effects) => effects.Reply(call, Ack.Done),
        };
        var machine = Make();
        var harness = new MachineHarness(() => machine).Activate();
        machine.Stored = machine.Stored with { Epoch = new Epoch(9) };      // ahead of the store; the write of it failed, the shell is thrown away
        machine = Make();

        harness.Restart();

        Assert.Equal(Epoch.None, machine.Stored.Epoch);
    }

    [Fact]
    public void A_shell_is_started_once_and_its_cycles_do_not_overlap()
    {
        var shell = new MachineShell(new ScriptedMachine(), Some.Settings());
        shell.Start(null, [], Zero);

        Assert.Throws<InvalidOperationException>(() => shell.Start(null, [], Zero));
        Assert.Throws<InvalidOperationException>(() => shell.Commit(null, Zero));
        shell.Begin(Zero);
        Assert.Throws<InvalidOperationException>(() => shell.Begin(Zero));
    }

    private static MachineHarness Owing() => new MachineHarness(() => new ScriptedMachine
    {
        OnAsk = (message, call, effects) =>
        {
            effects.Save();
            if (message is DescribeJob) effects.Send(Peer, AskRegion.Now, SendMode.Owed);
            effects.Reply(call, Ack.Done);
        },
    }).Activate();
}
