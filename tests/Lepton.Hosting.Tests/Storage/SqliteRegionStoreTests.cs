using Lepton.Contracts;

namespace Lepton.Hosting.Tests;

/// <summary>The store in SQLite keeps the contract.</summary>
public sealed class SqliteRegionStoreTests : RegionStoreContract, IAsyncLifetime
{
    private readonly TempFolder _folder = new();
    private SqliteRegionStore? _store;

    protected override IRegionStore Store => _store!;

    public ValueTask InitializeAsync()
    {
        _store = Open();
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        await _store!.DisposeAsync();
        _folder.Dispose();
    }

    protected override async Task<IRegionStore> Reopen()
    {
        await _store!.DisposeAsync();
        return _store = Open();
    }

    private SqliteRegionStore Open() => new(new SqliteStoreOptions { Path = _folder["region.db"] }, Codecs.Machines);
}
