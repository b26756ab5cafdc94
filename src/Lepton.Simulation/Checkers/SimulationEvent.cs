using System.Collections.Immutable;
using Lepton.Model;

namespace Lepton.Simulation.Checkers;

/// <summary>What checkers see of a run: a closed family.</summary>
internal abstract record SimulationEvent;

/// <summary>A row is durable from now on.</summary>
internal sealed record RowWritten(RegionId Region, StoredRecord? Before, StoredRecord After) : SimulationEvent;

/// <summary>A message was handed to a machine.</summary>
internal sealed record MessageArrived(Address To, Message Message, bool Replay) : SimulationEvent;

/// <summary>A machine let the answer to a message out.</summary>
internal sealed record MessageAnswered(Address By, Message Message, Reply Reply) : SimulationEvent;

/// <summary>The client was told that its job is accepted.</summary>
internal sealed record JobAcknowledged(JobId Job, JobSpec Spec, string BodyHash) : SimulationEvent;

/// <summary>The client was told why a task is where it is.</summary>
internal sealed record ExplanationGiven(Explanation Explanation) : SimulationEvent;

/// <summary>A process of an attempt begins to use its node.</summary>
internal sealed record ProcessStarted(NodeId Node, AttemptId Attempt, Capacity Demand, Epoch NodeEpoch, ImmutableArray<DeviceGrant> Devices) : SimulationEvent;

/// <summary>A process is gone. <see cref="ExitCode"/> null: it was killed.</summary>
internal sealed record ProcessEnded(NodeId Node, AttemptId Attempt, int? ExitCode) : SimulationEvent;
