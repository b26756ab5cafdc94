namespace Lepton.Specs;

/// <summary>An entry of a map of the spec: maps are kept as lists of these, in the order that counts.</summary>
public sealed record Named<T>(string Name, T Value);
