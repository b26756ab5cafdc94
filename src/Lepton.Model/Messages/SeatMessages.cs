using System.Collections.Immutable;
using Orleans;

namespace Lepton.Model;

/// <summary>Region to its seat: I own this region's jobs under this epoch. Replies <see cref="SeatState"/>, or <see cref="Stale"/> when a newer one was seen.</summary>
[GenerateSerializer, Immutable, Alias("ClaimOwnership")]
public sealed record ClaimOwnership([property: Id(0)] RegionId Region, [property: Id(1)] Epoch OwnerEpoch) : Message;

/// <summary>An owner and the epoch under which it may dispatch and accept.</summary>
[GenerateSerializer, Immutable, Alias("OwnerEpoch")]
public sealed record OwnerEpoch([property: Id(0)] RegionId Region, [property: Id(1)] Epoch Epoch);

/// <summary>What a seat has promised: the highest term of a coordinator, and the owner epochs it knows.</summary>
[GenerateSerializer, Immutable, Alias("SeatState")]
public sealed record SeatState([property: Id(0)] Epoch Term, [property: Id(1)] ImmutableArray<OwnerEpoch> Owners) : Reply;
