using Lepton.Simulation.Checkers;
using Lepton.Simulation.Faults;
using Lepton.Simulation.Faults.Planted;

namespace Lepton.Simulation.Tests.Faults;

/// <summary>Each planted bug is found by the checker that is there for it: a checker that never fires proves nothing.</summary>
public sealed class SabotageTests
{
    [Fact]
    public void A_gang_that_begins_before_it_is_whole_is_found() => AssertFound(() => new OpensTheGateEarly(), Rules.GangsWhole, seeds: 40);

    [Fact]
    public void A_double_grant_is_found() => AssertFound(() => new CountsNoGrants(), Rules.NoOverCommit, seeds: 5);

    [Fact]
    public void A_device_granted_twice_is_found() => AssertFound(() => new GrantsDevicesTwice(), Rules.NoOverCommit, seeds: 10);

    [Fact]
    public void A_node_that_forgets_device_epochs_is_found() => AssertFound(() => new ForgetsDeviceEpochs(), Rules.StaleOrders, seeds: 60, DevicesFail);

    [Fact]
    public void A_node_that_grants_a_sick_device_is_found() => AssertFound(() => new GrantsSickDevices(), Rules.HealthyDevices, seeds: 20, DevicesFail);

    [Fact]
    public void An_acknowledgement_before_the_write_is_found() => AssertFound(() => new AcknowledgesEarly(), Rules.NothingLost, seeds: 30);

    [Fact]
    public void A_disk_that_forgets_what_was_durable_is_found() => AssertFound(() => new DiskLies(), Rules.NothingLost, seeds: 40);

    [Fact]
    public void A_changed_outcome_is_found() => AssertFound(() => new ChangesOutcomes(), Rules.NothingLost, seeds: 10);

    [Fact]
    public void A_late_end_that_counts_is_found() => AssertFound(() => new AcceptsLateEnds(), Rules.OneResult, seeds: 60);

    [Fact]
    public void A_shim_that_runs_on_is_found() => AssertFound(() => new ShimsRunOn(), Rules.OneResult, seeds: 30, AgentsDie);

    [Fact]
    public void A_lost_owed_message_is_found() => AssertFound(() => new LosesOwedMessages(), Rules.EverythingEnds, seeds: 10);

    [Fact]
    public void A_forgotten_task_is_found() => AssertFound(() => new ForgetsQueuedTask(), Rules.EverythingEnds, seeds: 5);

    [Fact]
    public void A_grant_that_is_never_given_back_is_found() => AssertFound(() => new LosesRelease(), Rules.EverythingEnds, seeds: 5);

    [Fact]
    public void A_node_that_obeys_an_old_region_is_found() => AssertFound(() => new ObeysOldRegions(), Rules.StaleOrders, seeds: 30);

    [Fact]
    public void A_region_that_gives_no_reason_is_found() => AssertFound(() => new GivesNoReason(), Rules.EveryWaitHasReason, seeds: 10);

    [Fact]
    public void A_quota_that_counts_under_the_wrong_queue_is_found() => AssertFound(() => new MixesUpQueues(), Rules.HardRules, seeds: 10);

    [Fact]
    public void A_task_in_a_region_that_is_not_allowed_is_found() => AssertFound(() => new ForgetsRegions(), Rules.HardRules, seeds: 10);

    [Fact]
    public void A_task_on_a_node_with_a_taint_it_does_not_tolerate_is_found() => AssertFound(() => new ForgetsTaints(), Rules.HardRules, seeds: 10);

    [Fact]
    public void A_task_beside_one_that_it_must_be_away_from_is_found() => AssertFound(() => new ForgetsNeighbours(), Rules.HardRules, seeds: 10);

    [Fact]
    public void Too_many_tasks_in_a_failure_domain_are_found() => AssertFound(() => new SpreadsAtWill(), Rules.HardRules, seeds: 30);

    [Fact]
    public void A_job_outside_of_its_residency_is_found() => AssertFound(() => new ForgetsResidency(), Rules.HardRules, seeds: 80);

    [Fact]
    public void A_run_that_depends_on_the_run_before_is_found()
    {
        var one = new KeepsACounter();
        var results = FaultSimulation.Run(new SimulationOptions { Seeds = [1, 2, 3], CompareEvery = 1, Plant = () => one });

        Assert.Contains(results, result => result.Violations.Any(v => v.Rule == Rules.SameSeed));
    }

    /// <summary>Agents die often and stay away for longer than a lease: the shims are alone with their tasks.</summary>
    private static FaultRates AgentsDie => FaultRates.None with { AgentCrashEvery = TimeSpan.FromSeconds(0.7) };

    /// <summary>Devices fail and come back all the time, and offers arrive late, in the life of one activation: a newer one of their region keeps older offers out.</summary>
    private static FaultRates DevicesFail => FaultRates.None with
    {
        DeviceFaultEvery = TimeSpan.FromSeconds(0.2), Delay = 0.3, ReplayEvery = TimeSpan.FromSeconds(0.02), DropEvery = TimeSpan.FromSeconds(0.5),
    };

    private static void AssertFound(Func<Sabotage> plant, string rule, int seeds, FaultRates? rates = null)
    {
        var options = new SimulationOptions { Seeds = [.. Enumerable.Range(1, seeds)], CompareEvery = 0, Plant = plant, Rates = rates, QuietBound = TimeSpan.FromSeconds(60) };
        var others = new List<string>();
        foreach (var result in FaultSimulation.Run(options))
        {
            if (result.Clean) continue;
            if (result.Violations.Any(v => v.Rule == rule)) return;
            others.Add($"seed {result.Seed}: {result.Violations[0].Rule}");
        }

        Assert.Fail($"{seeds} seeds did not find what breaks '{rule}'. Found instead: {string.Join("; ", others)}");
    }
}
