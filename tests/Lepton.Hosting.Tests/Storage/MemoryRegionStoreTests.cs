using Lepton.Contracts;

namespace Lepton.Hosting.Tests;

/// <summary>The store in memory keeps the contract.</summary>
public sealed class MemoryRegionStoreTests : RegionStoreContract
{
    protected override IRegionStore Store { get; } = new MemoryRegionStore();

    protected override Task<IRegionStore> Reopen() => Task.FromResult(Store);   // it lives as long as its process
}
