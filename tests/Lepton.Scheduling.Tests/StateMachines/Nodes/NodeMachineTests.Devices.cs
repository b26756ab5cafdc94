using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Nodes;

namespace Lepton.Scheduling.Tests.StateMachines.Nodes;

/// <summary>Devices: granted exactly as named, never twice, and fenced by their epoch when their health turns.</summary>
public sealed partial class NodeMachineTests
{
    private static readonly NodeSpec TwoGpus = Gpus.Node(Gpus.H100(0), Gpus.H100(1));

    [Fact]
    public void Grants_exactly_the_devices_named_and_tells_everybody()
    {
        var node = WithDevices(TwoGpus);

        Assert.IsType<Granted>(node.Ask(OfferOn(0, Gpus.Ask(), Gpus.Grant("GPU-1"))));

        Assert.Equal("GPU-1", Assert.Single(Assert.Single(node.RowAs<NodeRow>().Grants).Devices).Uuid);
        Assert.Equal("GPU-1", Assert.Single(Assert.Single(node.Waiting<NodeChanged>().Added).Devices).Uuid);
        Assert.Equal("GPU-1", Assert.Single(Assert.Single(BeatOf(node, TwoGpus).Assign).Devices).Uuid);
    }

    [Fact]
    public void Tells_the_state_of_every_device_with_its_epoch()
    {
        var node = Node();
        BeatOf(node, TwoGpus);

        var states = node.AllSent.Select(s => s.Body).OfType<NodeChanged>().Last().Devices;

        Assert.Equal(["GPU-0", "GPU-1"], states.Select(s => s.Uuid));
        Assert.All(states, s => Assert.Equal((DevicePhase.Healthy, new Epoch(1)), (s.Phase, s.Epoch)));
    }

    [Fact]
    public void A_whole_device_excludes_shares_and_shares_exclude_each_other_beyond_a_whole()
    {
        var node = WithDevices(TwoGpus);
        Assert.IsType<Granted>(node.Ask(OfferOn(0, Gpus.Ask(), Gpus.Grant("GPU-0"))));

        Assert.Equal(RefusalCode.DoesNotFit, CodeOf(node.Ask(OfferOn(1, Gpus.Ask(share: 100, gib: 1), Gpus.Grant("GPU-0", 100, 1)))));
        Assert.IsType<Granted>(node.Ask(OfferOn(2, Gpus.Ask(share: 600, gib: 30), Gpus.Grant("GPU-1", 600, 30))));
        Assert.Equal(RefusalCode.DoesNotFit, CodeOf(node.Ask(OfferOn(3, Gpus.Ask(share: 500, gib: 30), Gpus.Grant("GPU-1", 500, 30)))));
        Assert.Equal(RefusalCode.DoesNotFit, CodeOf(node.Ask(OfferOn(4, Gpus.Ask(share: 100, gib: 60), Gpus.Grant("GPU-1", 100, 60)))));
        Assert.Equal(RefusalCode.DoesNotFit, CodeOf(node.Ask(OfferOn(5, Gpus.Ask(), Gpus.Grant("GPU-1")))));
        Assert.IsType<Granted>(node.Ask(OfferOn(6, Gpus.Ask(share: 400, gib: 50), Gpus.Grant("GPU-1", 400, 50))));
    }

    [Fact]
    public void A_share_without_memory_is_given_the_same_part_of_it()
    {
        var node = WithDevices(TwoGpus);

        Assert.Equal(RefusalCode.Invalid, CodeOf(node.Ask(OfferOn(0, Gpus.Ask(share: 250), Gpus.Grant("GPU-0", 250, 10)))));
        Assert.IsType<Granted>(node.Ask(OfferOn(0, Gpus.Ask(share: 250), Gpus.Grant("GPU-0", 250, 20))));
    }

    [Fact]
    public void Devices_that_are_not_what_the_task_asks_are_refused()
    {
        var node = WithDevices(TwoGpus with { Devices = [Gpus.H100(0, 0), Gpus.H100(1, 1), Gpus.Of("GPU-A", "A100", 40)] });

        Assert.Equal(RefusalCode.Invalid, CodeOf(node.Ask(OfferOn(0, Gpus.Ask(2), Gpus.Grant("GPU-0")))));
        Assert.Equal(RefusalCode.Invalid, CodeOf(node.Ask(OfferOn(0, Gpus.Ask(2), Gpus.Grant("GPU-0"), Gpus.Grant("GPU-A", gib: 40)))));
        Assert.Equal(RefusalCode.Invalid, CodeOf(node.Ask(OfferOn(0, Gpus.Ask(2) with { OneIsland = true }, Gpus.Grant("GPU-0"), Gpus.Grant("GPU-1")))));
        Assert.Equal(RefusalCode.Invalid, CodeOf(node.Ask(OfferOn(0, Gpus.Ask() with { Models = ["A100"] }, Gpus.Grant("GPU-0")))));
        Assert.Equal(RefusalCode.Invalid, CodeOf(node.Ask(OfferOn(0, Gpus.Ask() with { MinDriver = "590" }, Gpus.Grant("GPU-0")))));
        Assert.Equal(RefusalCode.Invalid, CodeOf(node.Ask(OfferOn(0, Gpus.Ask(2), Gpus.Grant("GPU-0"), Gpus.Grant("GPU-0")))));
        Assert.Equal(RefusalCode.DoesNotFit, CodeOf(node.Ask(OfferOn(0, Gpus.Ask(), Gpus.Grant("GPU-9")))));
        Assert.IsType<Granted>(node.Ask(OfferOn(0, Gpus.Ask(2), Gpus.Grant("GPU-0"), Gpus.Grant("GPU-1"))));
    }

    [Fact]
    public void An_instance_and_its_gpu_exclude_each_other()
    {
        var ask = Gpus.Ask() with { MigProfile = "3g.40gb" };
        var spec = Gpus.Node(Gpus.H100(0), Gpus.Mig("MIG-0", "GPU-0"), Gpus.H100(1) with { MigMode = true }, Gpus.Mig("MIG-1", "GPU-1"));
        var node = WithDevices(spec);

        Assert.Equal(RefusalCode.DoesNotFit, CodeOf(node.Ask(OfferOn(0, Gpus.Ask(), Gpus.Grant("GPU-1")))));
        Assert.IsType<Granted>(node.Ask(OfferOn(1, ask, Gpus.Grant("MIG-1", gib: 40))));
        Assert.IsType<Granted>(node.Ask(OfferOn(2, Gpus.Ask(), Gpus.Grant("GPU-0"))));
        Assert.Equal(RefusalCode.DoesNotFit, CodeOf(node.Ask(OfferOn(3, ask, Gpus.Grant("MIG-0", gib: 40)))));
    }

    [Fact]
    public void A_lost_device_ends_its_attempts_at_once_and_neighbours_go_on()
    {
        var node = WithDevices(TwoGpus);
        node.Ask(OfferOn(0, Gpus.Ask(), Gpus.Grant("GPU-0")));
        node.Ask(OfferOn(1, Gpus.Ask(), Gpus.Grant("GPU-1")));
        BeatOf(node, TwoGpus);
        Settle(node);

        var reply = BeatOf(node, TwoGpus, [Gpus.Xid(1, "GPU-0", 79, node.Now)], Held(index: 0, started: true), Held(index: 1, started: true));

        var order = Assert.Single(reply.Stop);
        Assert.Equal((Some.Attempt(1, 0), AttemptEndCause.DeviceFault, null), (order.Attempt, order.Cause, order.Grace));
        var state = Assert.Single(reply.Troubled);
        Assert.Equal(("GPU-0", DevicePhase.Lost, new Epoch(2)), (state.Uuid, state.Phase, state.Epoch));
        Assert.Equal(1, reply.SignalsTaken);
        Assert.Equal(new Epoch(2), node.Waiting<NodeChanged>().Devices[0].Epoch);
        Assert.Equal(new Epoch(2), node.RowAs<NodeRow>().Devices[0].Epoch);
        Assert.IsType<Stale>(node.Ask(OfferOn(2, Gpus.Ask(), Gpus.Grant("GPU-0"))));

        BeatOf(node, TwoGpus, [], Held(index: 0, started: true, end: Some.End(AttemptEndCause.ExitNonZero, 1)), Held(index: 1, started: true));
        var end = node.Waiting<AttemptEnded>().End;
        Assert.Equal(AttemptEndCause.DeviceFault, end.Cause);
        Assert.Contains("GPU-0 of us-east/n1 is Lost: XID 79", end.Message, StringComparison.Ordinal);
        Assert.Equal(1, end.Usage!.DeviceSeconds);
    }

    [Fact]
    public void A_draining_device_gives_its_attempts_their_grace()
    {
        var node = WithDevices(TwoGpus);
        node.Ask(OfferOn(0, Gpus.Ask(), Gpus.Grant("GPU-0")));
        BeatOf(node, TwoGpus);

        var order = Assert.Single(BeatOf(node, TwoGpus, [Gpus.Xid(1, "GPU-0", 48, node.Now)], Held(started: true)).Stop);

        Assert.Equal((AttemptEndCause.DeviceFault, TimeSpan.FromSeconds(10)), (order.Cause, order.Grace!.Value));
    }

    [Fact]
    public void Faults_of_applications_end_nothing()
    {
        var node = WithDevices(TwoGpus);
        node.Ask(OfferOn(0, Gpus.Ask(), Gpus.Grant("GPU-0")));
        BeatOf(node, TwoGpus);

        var reply = BeatOf(node, TwoGpus, [Gpus.Xid(1, "GPU-0", 31, node.Now)], Held(started: true));

        Assert.Empty(reply.Stop);
        Assert.Empty(reply.Troubled);
    }

    [Fact]
    public void What_was_never_handed_out_is_not_counted_as_a_try()
    {
        var node = WithDevices(TwoGpus);
        node.Agrees = static _ => null;
        node.Ask(OfferOn(0, Gpus.Ask(), Gpus.Grant("GPU-0")));

        BeatOf(node, TwoGpus, [Gpus.Xid(1, "GPU-0", 79, node.Now)]);

        Assert.Equal(AttemptEndCause.NotStarted, node.Waiting<AttemptEnded>().End.Cause);
    }

    [Fact]
    public void A_device_that_came_back_gets_work_only_after_its_context_check_and_under_its_new_epoch()
    {
        var node = WithDevices(TwoGpus);
        BeatOf(node, TwoGpus, [Gpus.Xid(1, "GPU-0", 79, node.Now)]);

        Assert.Equal(DevicePhase.Recovering, Assert.Single(BeatOf(node, TwoGpus, [Gpus.Found(2, "GPU-0", node.Now)]).Troubled).Phase);
        Assert.Equal(RefusalCode.DoesNotFit, CodeOf(node.Ask(OfferOn(0, Gpus.Ask(), Gpus.Grant("GPU-0", epoch: 2)))));
        Assert.Empty(BeatOf(node, TwoGpus, [Gpus.Checked(3, "GPU-0", node.Now)]).Troubled);

        Assert.IsType<Stale>(node.Ask(OfferOn(0, Gpus.Ask(), Gpus.Grant("GPU-0", epoch: 1))));
        Assert.IsType<Granted>(node.Ask(OfferOn(0, Gpus.Ask(), Gpus.Grant("GPU-0", epoch: 2))));
        Assert.Equal(
            [DevicePhase.Lost, DevicePhase.Recovering, DevicePhase.Healthy],
            node.RowAs<NodeRow>().Turns.Select(t => t.Phase));
    }

    [Fact]
    public void Epochs_and_phases_survive_a_restart_and_old_signals_are_not_taken_twice()
    {
        var node = WithDevices(TwoGpus);
        BeatOf(node, TwoGpus, [Gpus.Xid(1, "GPU-0", 79, node.Now)]);
        node.Restart();

        var reply = BeatOf(node, TwoGpus, [Gpus.Xid(1, "GPU-0", 79, node.Now)]);

        Assert.Equal(new Epoch(2), Assert.Single(reply.Troubled).Epoch);
        Assert.Equal(1, reply.SignalsTaken);
    }

    [Fact]
    public void A_device_that_its_agent_tells_of_no_more_is_lost()
    {
        var node = WithDevices(TwoGpus);
        node.Ask(OfferOn(0, Gpus.Ask(), Gpus.Grant("GPU-0")));
        BeatOf(node, TwoGpus);

        var one = Gpus.Node(Gpus.H100(1));
        Assert.Equal(AttemptEndCause.DeviceFault, Assert.Single(BeatOf(node, one, [], Held(started: true)).Stop).Cause);
        Assert.Equal(DevicePhase.Recovering, Assert.Single(BeatOf(node, TwoGpus, [], Held(started: true)).Troubled).Phase);
    }

    [Fact]
    public void A_suspect_instance_is_healthy_again_when_its_gpu_reads_well_long_enough()
    {
        var spec = Gpus.Node(Gpus.H100(0) with { MigMode = true }, Gpus.Mig("MIG-0", "GPU-0"));
        var node = WithDevices(spec);
        Assert.Equal(2, BeatOf(node, spec, [new DeviceSignal(1, DeviceSignalKind.NoAnswer, "GPU-0", node.Now)]).Troubled.Length);

        var reply = BeatOf(node, spec);
        for (var second = 0; second < 130; second++)
        {
            node.Pass(TimeSpan.FromSeconds(1));
            var load = new DeviceLoad("GPU-0", node.Now, null, null, null, null, new DeviceReading(false, RecoveryAction.None, null, null));
            reply = Assert.IsType<LeaseReply>(node.Ask(Message(1, ++_sequence) with { Spec = spec, Loads = [load] }));
        }

        Assert.Empty(reply.Troubled);
    }

    [Fact]
    public void A_process_that_a_lost_device_keeps_alive_frees_its_task_but_not_the_device()
    {
        var node = WithDevices(TwoGpus);
        node.Ask(OfferOn(0, Gpus.Ask(), Gpus.Grant("GPU-0")));
        BeatOf(node, TwoGpus);
        BeatOf(node, TwoGpus, [Gpus.Xid(1, "GPU-0", 79, node.Now)], Held(started: true));
        for (var beat = 0; beat < 30; beat++)
        {
            node.Pass(TimeSpan.FromSeconds(1));
            BeatOf(node, TwoGpus, [], Held(started: true));
        }

        Assert.Equal(AttemptEndCause.DeviceFault, node.Answer<AttemptEnded>(Ack.Done).End.Cause);
        BeatOf(node, TwoGpus, [Gpus.Found(2, "GPU-0", node.Now), Gpus.Checked(3, "GPU-0", node.Now)], Held(started: true));
        Assert.Equal(RefusalCode.DoesNotFit, CodeOf(node.Ask(OfferOn(1, Gpus.Ask(), Gpus.Grant("GPU-0", epoch: 2)))));

        Assert.Single(BeatOf(node, TwoGpus, [], Held(started: true, end: Some.End(AttemptEndCause.DeviceFault, null))).Forget);
        Assert.IsType<Granted>(node.Ask(OfferOn(1, Gpus.Ask(), Gpus.Grant("GPU-0", epoch: 2))));
        Assert.Equal("GPU-0", Assert.Single(node.RowAs<NodeRow>().Uses).Uuid);
    }

    [Fact]
    public void No_device_is_given_out_beyond_what_it_is_whatever_happens() => Gen.Int[0, 11].Array[40].Sample(steps =>
    {
        var devices = new[] { Gpus.H100(0), Gpus.H100(1), Gpus.H100(2) with { MigMode = true }, Gpus.Mig("MIG-0", "GPU-2"), Gpus.Mig("MIG-1", "GPU-2", instance: 2) };
        var spec = Gpus.Node(devices);
        var node = WithDevices(spec);
        node.Agrees = static message => message is not NodeChanged and not AttemptEnded ? Ack.Done : null;
        var (index, signal, alive, epochs) = (0, 0L, new HashSet<int>(), new Dictionary<string, Epoch>());
        foreach (var step in steps)
        {
            var at = node.RowAs<NodeRow>().Devices[step % 2];
            switch (step)
            {
                case <= 2: node.Ask(OfferOn(index++, Gpus.Ask(), new DeviceGrant(at.Uuid, at.Epoch, 1000, 80 * Gpus.GiB))); break;
                case <= 4: node.Ask(OfferOn(index++, Gpus.Ask(share: 400), new DeviceGrant(at.Uuid, at.Epoch, 400, 32 * Gpus.GiB))); break;
                case 5: node.Ask(OfferOn(index++, Gpus.Ask() with { MigProfile = "3g.40gb" }, new DeviceGrant("MIG-0", EpochOf("MIG-0"), 1000, 40 * Gpus.GiB))); break;
                case 6: Say(Gpus.Xid(++signal, at.Uuid, 79, node.Now)); break;
                case 7: Say(Gpus.Xid(++signal, "GPU-2", 48, node.Now)); break;
                case 8: Say(Gpus.Found(++signal, at.Uuid, node.Now), Gpus.Checked(++signal, at.Uuid, node.Now)); break;
                case 9: Say(Gpus.Found(++signal, "GPU-2", node.Now), Gpus.Checked(++signal, "MIG-0", node.Now)); break;
                case 10: node.Restart(); break;
                default: Say(); break;
            }

            var row = node.RowAs<NodeRow>();
            foreach (var device in devices)
            {
                var parts = row.Grants.SelectMany(g => g.Devices).Where(p => p.Uuid == device.Uuid).ToList();
                Assert.True(parts.Sum(p => p.ShareMilli) <= 1000 && parts.Sum(p => p.MemoryBytes) <= device.MemoryBytes);
                var state = row.Devices.Single(s => s.Uuid == device.Uuid);
                Assert.True(state.Epoch >= epochs.GetValueOrDefault(device.Uuid), "A device epoch went back.");
                epochs[device.Uuid] = state.Epoch;
            }

            var fenced = row.Grants.Where(g => g.Devices.Any(p => p.DeviceEpoch < epochs[p.Uuid]));
            Assert.All(fenced, g => Assert.NotNull(g.StopAsked));
        }

        Epoch EpochOf(string uuid) => node.RowAs<NodeRow>().Devices.Single(s => s.Uuid == uuid).Epoch;

        void Say(params DeviceSignal[] signals)
        {
            // The agent ends what it was told to end, and what it likes; then the tasks answer.
            var row = node.RowAs<NodeRow>();
            var held = row.Grants.Select(g => alive.Contains(g.Attempt.Task.Index) && (g.StopAsked is not null || g.Attempt.Task.Index % 3 == 0)
                ? Held(index: g.Attempt.Task.Index, started: true, end: Some.End(), nodeEpoch: row.Epoch.Value)
                : Held(index: g.Attempt.Task.Index, started: true, nodeEpoch: row.Epoch.Value)).Where(h => alive.Contains(h.Attempt.Task.Index)).ToArray();
            foreach (var given in BeatOf(node, spec, [.. signals], held).Assign) alive.Add(given.Attempt.Task.Index);
            while (node.HasWaiting<AttemptEnded>()) node.Answer<AttemptEnded>(Ack.Done);
            Settle(node);
        }
    }, iter: 300);

    private static Offer OfferOn(int index, DeviceAsk ask, params DeviceGrant[] grants) =>
        new(Some.Attempt(1, index), Some.Run(index, Gpus.Template(ask)), Some.Epoch1) { Devices = [.. grants] };

    private MachineHarness WithDevices(NodeSpec spec)
    {
        var node = Node();
        BeatOf(node, spec);
        Settle(node);
        return node;
    }

    private LeaseReply BeatOf(MachineHarness node, NodeSpec spec, DeviceSignal[]? signals = null, params AgentAttempt[] held) =>
        Assert.IsType<LeaseReply>(node.Ask(Message(1, ++_sequence, held) with { Spec = spec, Signals = [.. signals ?? []] }));
}
