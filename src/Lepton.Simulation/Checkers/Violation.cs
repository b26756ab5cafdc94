using System.Collections.Immutable;

namespace Lepton.Simulation.Checkers;

/// <summary>A rule was broken: when, how, and the last lines of the trace about those involved.</summary>
public sealed record Violation(ulong Seed, long Step, TimeSpan At, string Rule, string Message, ImmutableArray<string> Trace);
