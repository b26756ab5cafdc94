using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Placement;
using Lepton.Scheduling.Placement.Granting;
using Lepton.Scheduling.StateMachines.Nodes;

namespace Lepton.Scheduling.Tests.Placement.Granting;

/// <summary>The region's ledger and the node count the same: what the one chooses from a picture that is up to date, the other grants.</summary>
public sealed class LedgerAndNodeTests
{
    private static readonly NodeSpec Spec = Gpus.Node(
        Gpus.H100(0, 0), Gpus.H100(1, 0), Gpus.H100(2, 1), Gpus.Of("GPU-A", "A100", 40), Gpus.H100(4) with { MigMode = true }, Gpus.Mig("MIG-0", "GPU-4"));

    [Fact]
    public void A_node_grants_whatever_the_ledger_chooses() => Gen.Int[0, 15].Array[60].Sample(steps =>
    {
        var settings = Some.Settings();
        var ledger = new NodeLedger();
        var node = new MachineHarness(() => new NodeMachine(Some.N1, settings), settings)
        {
            Agrees = message => message switch { NodeChanged change => ledger.Apply(change), ConfirmGrant => Ack.Done, _ => null },
        }.Activate();
        var boards = new DeviceBoards(ledger, check: true);
        var (sequence, signal, index, alive) = (0L, 0L, 0, new SortedSet<int>());
        Beat();
        foreach (var step in steps)
        {
            var uuid = Spec.Devices[step % 4].Uuid;
            switch (step)
            {
                case <= 9: Place(step); break;
                case 10: Beat(Gpus.Xid(++signal, uuid, 79, node.Now)); break;
                case 11: Beat(Gpus.Xid(++signal, uuid, 48, node.Now)); break;
                case 12 or 13: Beat(Gpus.Found(++signal, uuid, node.Now), Gpus.Checked(++signal, uuid, node.Now)); break;
                case 14: node.Restart(); Beat(); break;
                default: Beat(); break;
            }

            Agree();
        }

        void Place(int step)
        {
            DeviceAsk ask = (step % 5) switch
            {
                0 => Gpus.Ask(),
                1 => Gpus.Ask(2) with { OneIsland = true },
                2 => Gpus.Ask(share: 400),
                3 => Gpus.Ask() with { MigProfile = "3g.40gb" },
                _ => Gpus.Ask(share: 200, gib: 30) with { Models = ["A100", "H100"] },
            };
            var task = index++;
            var template = Gpus.Template(ask);
            var shape = TaskShape.Of(template, null, settings.Fleet);
            if (boards.Pick(shape, out var devices) is null) return;
            ledger.Offer(Some.Task(task), 0, Some.N1, template.Demand.Capacity, devices);
            var reply = node.Ask(new Offer(Some.Attempt(1, task), Some.Run(task, template), Some.Epoch1) { Devices = devices });
            Assert.True(reply is Granted, reply?.ToString());
        }

        void Beat(params DeviceSignal[] signals)
        {
            // What was told to stop ends, and every third by itself.
            var row = node.Stored is null ? null : node.RowAs<NodeRow>();
            var held = (row?.Grants ?? []).Where(g => alive.Contains(g.Attempt.Task.Index)).Select(g => new AgentAttempt(
                g.Attempt, g.NodeEpoch, TaskPhase.Running, node.Now, g.StopAsked is not null || g.Attempt.Task.Index % 3 == 0 ? Some.End() : null, []));
            var reply = (LeaseReply)node.Ask(new AgentBeat(Some.N1, 1, ++sequence, Spec, [.. held], false) { Signals = [.. signals] })!;
            alive.UnionWith(reply.Assign.Select(a => a.Attempt.Task.Index));
            while (node.HasWaiting<AttemptEnded>()) node.Answer<AttemptEnded>(Ack.Done);
        }

        void Agree()
        {
            var row = node.RowAs<NodeRow>();
            foreach (var entry in ledger.Find(Some.N1)!.Devices.Told)
            {
                var parts = row.Grants.SelectMany(g => g.Devices).Where(p => p.Uuid == entry.Uuid).ToList();
                Assert.Equal((parts.Sum(p => p.ShareMilli), parts.Sum(p => p.MemoryBytes)), (entry.TakenMilli, entry.TakenMemory));
                var state = row.Devices.Single(s => s.Uuid == entry.Uuid);
                Assert.Equal((state.Phase, state.Epoch), (entry.State!.Phase, entry.State.Epoch));
            }
        }
    }, iter: 300);
}
