using CsCheck;
using Lepton.Model;
using Lepton.Scheduling.Devices;

namespace Lepton.Scheduling.Tests.Devices;

public sealed class HealthMachineTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly HealthSettings Settings = HealthSettings.Default;

    [Theory]
    [InlineData(13)]
    [InlineData(31)]
    [InlineData(43)]
    [InlineData(45)]
    [InlineData(68)]
    [InlineData(109)]
    public void Counts_an_application_fault_and_keeps_the_device_healthy(long xid)
    {
        var health = After(Xid(xid));
        Assert.Equal((DevicePhase.Healthy, 1L, 1L), (health.Phase, health.Epoch, health.ApplicationFaults));
    }

    [Fact]
    public void Suspects_a_device_after_a_burst_of_application_faults()
    {
        var faults = Enumerable.Range(0, Settings.Burst).Select(i => Xid(31, seconds: i)).ToArray();
        Assert.Equal(DevicePhase.Healthy, After(faults[..^1]).Phase);
        var health = After(faults);
        Assert.Equal((DevicePhase.Suspect, 1L), (health.Phase, health.Epoch));
        Assert.Contains("XID 31", health.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Takes_no_slow_trickle_of_application_faults_for_a_burst()
    {
        var faults = Enumerable.Range(0, 10 * Settings.Burst).Select(i => Xid(31, seconds: 10 * i)).ToArray();
        Assert.Equal((DevicePhase.Healthy, 100L), (After(faults).Phase, After(faults).ApplicationFaults));
    }

    [Theory]
    [InlineData(48)]
    [InlineData(63)]
    [InlineData(94)]
    public void Drains_on_a_hardware_fault_and_raises_the_epoch(long xid)
    {
        var health = After(Xid(xid));
        Assert.Equal((DevicePhase.Draining, 2L, $"XID {xid}."), (health.Phase, health.Epoch, health.Reason));
    }

    [Theory]
    [InlineData(48, RecoveryAction.None, DevicePhase.Suspect)]
    [InlineData(31, RecoveryAction.Reset, DevicePhase.Draining)]
    [InlineData(154, RecoveryAction.DrainAndReset, DevicePhase.Draining)]
    [InlineData(154, RecoveryAction.None, DevicePhase.Suspect)]
    [InlineData(79, RecoveryAction.None, DevicePhase.Lost)]
    public void Lets_the_recovery_action_of_the_driver_overrule_the_table(long xid, RecoveryAction action, DevicePhase expected) =>
        Assert.Equal(expected, After(Xid(xid, action)).Phase);

    [Fact]
    public void Raises_the_epoch_again_when_a_draining_device_is_lost_and_only_once_for_each()
    {
        var health = After(Xid(48), Xid(63), Xid(79), Xid(79), Xid(48));
        Assert.Equal((DevicePhase.Lost, 3L), (health.Phase, health.Epoch));
    }

    [Fact]
    public void Drains_on_a_double_bit_error_a_failed_remap_and_a_pending_one()
    {
        Assert.Equal(DevicePhase.Draining, After(Event(DeviceEventKind.DoubleBitEcc, 1)).Phase);
        Assert.Equal(DevicePhase.Draining, After(Reading(failed: true)).Phase);
        Assert.Equal(DevicePhase.Draining, After(Reading(pending: true)).Phase);
        Assert.Equal(DevicePhase.Draining, After(Reading(recovery: RecoveryAction.Reset)).Phase);
    }

    [Fact]
    public void Comes_back_only_when_found_again_and_a_context_opened_on_it()
    {
        var lost = After(Event(DeviceEventKind.Lost, 15));
        Assert.Equal(DevicePhase.Lost, With(lost, Reading(seconds: 5), new HealthSignal.ContextChecked(At(6), true)).Phase);
        var found = With(lost, Found(7));
        Assert.Equal((DevicePhase.Recovering, false), (found.Phase, found.Placeable));
        var back = With(found, new HealthSignal.ContextChecked(At(8), true));
        Assert.Equal((DevicePhase.Healthy, 2L, (string?)null), (back.Phase, back.Epoch, back.Reason));
    }

    [Fact]
    public void Stays_drained_while_the_driver_still_asks_for_a_reset()
    {
        var health = After(Xid(48, RecoveryAction.Reset), Found(1, RecoveryAction.Reset), new HealthSignal.ContextChecked(At(2), true));
        Assert.Equal((DevicePhase.Draining, 2L), (health.Phase, health.Epoch));
    }

    [Fact]
    public void Drains_a_recovering_device_whose_context_check_failed()
    {
        var health = After(Event(DeviceEventKind.Lost, 15), Found(1), new HealthSignal.ContextChecked(At(2), false));
        Assert.Equal((DevicePhase.Draining, 3L), (health.Phase, health.Epoch));
    }

    [Fact]
    public void Suspects_a_device_that_does_not_answer_until_it_reads_well_for_the_calm_time()
    {
        var suspect = After(new HealthSignal.NoAnswer(At(0)));
        Assert.Equal(DevicePhase.Suspect, suspect.Phase);
        var calm = (int)Settings.Calm.TotalSeconds;
        Assert.Equal(DevicePhase.Suspect, With(suspect, Reading(seconds: calm - 1)).Phase);
        Assert.Equal(DevicePhase.Suspect, With(suspect, new HealthSignal.NoAnswer(At(calm - 1)), Reading(seconds: calm)).Phase);
        Assert.Equal(DevicePhase.Healthy, With(suspect, Reading(seconds: calm)).Phase);
    }

    [Fact]
    public void Takes_the_lists_of_faults_from_the_settings()
    {
        var settings = Settings with { ApplicationXids = Settings.ApplicationXids.Remove(13), DrainXids = Settings.DrainXids.Add(13) };
        Assert.Equal(DevicePhase.Draining, HealthMachine.Handle(DeviceHealth.New(Start), Xid(13), settings).Phase);
    }

    [Fact]
    public void Never_lowers_the_epoch_and_gives_a_reason_for_every_phase_but_healthy()
    {
        long[] xids = [13, 31, 48, 63, 79, 94, 154];
        var signal = Gen.OneOf(
            Gen.Select(Gen.Int[0, xids.Length - 1], Gen.Int[-1, 5], (x, r) => Xid(xids[x], r < 0 ? null : (RecoveryAction)r)),
            Gen.Bool.Select(b => (HealthSignal)new HealthSignal.ContextChecked(At(1), b)),
            Gen.Bool.Select(b => b ? Found(1) : new HealthSignal.NoAnswer(At(1))),
            Gen.Select(Gen.Bool, Gen.Bool, (p, f) => Reading(pending: p, failed: f)));
        signal.List[0, 30].Sample(signals =>
        {
            var health = DeviceHealth.New(Start);
            foreach (var s in signals)
            {
                var next = HealthMachine.Handle(health, s, Settings);
                var entered = next.Phase != health.Phase && (next.Phase is DevicePhase.Draining or DevicePhase.Lost);
                Assert.Equal(health.Epoch + (entered ? 1 : 0), next.Epoch);
                Assert.Equal(next.Phase == DevicePhase.Healthy, next.Reason is null);
                health = next;
            }
        });
    }

    private static DateTimeOffset At(int seconds) => Start.AddSeconds(seconds);

    private static HealthSignal Event(DeviceEventKind kind, long code, RecoveryAction? recovery = null, int seconds = 0) =>
        new HealthSignal.Happened(new DeviceEvent("GPU-a", kind, code, null, null, recovery, Emulated: false, At(seconds)));

    private static HealthSignal Xid(long code, RecoveryAction? recovery = null, int seconds = 0) => Event(DeviceEventKind.Xid, code, recovery, seconds);

    private static HealthSignal Found(int seconds, RecoveryAction recovery = RecoveryAction.None) =>
        new HealthSignal.FoundAgain(new HealthSignal.Read(At(seconds), DeviceLost: false, recovery, false, false));

    private static HealthSignal Reading(bool pending = false, bool failed = false, RecoveryAction? recovery = null, int seconds = 0) =>
        new HealthSignal.Read(At(seconds), DeviceLost: false, recovery, pending, failed);

    private static DeviceHealth After(params HealthSignal[] signals) => With(DeviceHealth.New(Start), signals);

    private static DeviceHealth With(DeviceHealth health, params HealthSignal[] signals) =>
        signals.Aggregate(health, (h, s) => HealthMachine.Handle(h, s, Settings));
}
