using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>A message that a machine owes: kept with its row until it was answered, repeated after every restart.</summary>
[GenerateSerializer, Immutable, Alias("OwedSend")]
public sealed record OwedSend([property: Id(0)] long Number, [property: Id(1)] Address To, [property: Id(2)] Message Body);

/// <summary>What a store keeps under one key: the row and the messages owed. Written as one.</summary>
[GenerateSerializer, Immutable, Alias("StoredMachine")]
public sealed record StoredMachine([property: Id(0)] Row Row, [property: Id(1)] ImmutableArray<OwedSend> Owed);

/// <summary>A stored record with its version. <see cref="ETag"/> grows with each write of the key; 0 = absent.</summary>
public sealed record StoredRecord(string Key, long ETag, StoredMachine Value);

/// <summary>Rows a machine wants beside its own when it starts: all with a key prefix, optionally only the live ones.</summary>
public readonly record struct RowScan(string Prefix, bool LiveOnly);
