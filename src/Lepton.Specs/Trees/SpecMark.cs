namespace Lepton.Specs;

/// <summary>Where a value stands: line and column from 1, or the override it came from.</summary>
internal readonly record struct SpecMark(int Line, int Column, string? Override = null);
