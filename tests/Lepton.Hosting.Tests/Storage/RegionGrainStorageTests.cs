using Lepton.Contracts;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace Lepton.Hosting.Tests;

public sealed class RegionGrainStorageTests
{
    private static readonly GrainId Cart = GrainId.Create("cart", "c/1");

    private readonly MemoryRegionStore _store = new();
    private readonly IGrainStorage _storage;

    public RegionGrainStorageTests()
    {
        var services = new ServiceCollection().AddSerializer().AddLeptonRegionStore(_store).AddSingleton<TimeProvider>(new FakeTimeProvider(Some.Noon));
        services.AddLeptonGrainStorage("apps");
        _storage = services.BuildServiceProvider().GetRequiredKeyedService<IGrainStorage>("apps");
    }

    [Fact]
    public async Task What_was_never_written_reads_as_a_fresh_state()
    {
        var state = await Read();

        Assert.False(state.RecordExists);
        Assert.Null(state.ETag);
        Assert.Equal(0, state.State!.Items);
    }

    [Fact]
    public async Task Reads_back_what_was_written_under_a_new_etag_each_time()
    {
        var state = await Read();
        state.State!.Items = 3;
        await _storage.WriteStateAsync("state", Cart, state);
        var first = state.ETag;
        state.State!.Items = 4;
        await _storage.WriteStateAsync("state", Cart, state);

        var again = await Read();

        Assert.Equal(4, again.State!.Items);
        Assert.True(again.RecordExists);
        Assert.Equal(state.ETag, again.ETag);
        Assert.NotEqual(first, again.ETag);
    }

    [Fact]
    public async Task Of_two_activations_the_later_writer_is_told_to_read_again()
    {
        var one = await Read();
        var two = await Read();
        await _storage.WriteStateAsync("state", Cart, one);

        await Assert.ThrowsAsync<InconsistentStateException>(() => _storage.WriteStateAsync("state", Cart, two));
        await _storage.WriteStateAsync("state", Cart, one);
    }

    [Fact]
    public async Task A_cleared_state_is_gone_and_can_be_written_again()
    {
        var state = await Read();
        await _storage.ClearStateAsync("state", Cart, state);
        state.State!.Items = 3;
        await _storage.WriteStateAsync("state", Cart, state);
        await _storage.ClearStateAsync("state", Cart, state);

        Assert.False((await Read()).RecordExists);
        Assert.Equal(0, state.State!.Items);
        await _storage.WriteStateAsync("state", Cart, state);
        Assert.True((await Read()).RecordExists);
    }

    [Fact]
    public async Task States_and_grains_do_not_meet()
    {
        var state = await Read();
        await _storage.WriteStateAsync("state", Cart, state);

        var other = new GrainState<CartState>();
        await _storage.ReadStateAsync("other", Cart, other);
        Assert.False(other.RecordExists);
        await _storage.ReadStateAsync("state", GrainId.Create("cart", "c/2"), other);
        Assert.False(other.RecordExists);
    }

    private async Task<GrainState<CartState>> Read()
    {
        var state = new GrainState<CartState>();
        await _storage.ReadStateAsync("state", Cart, state);
        return state;
    }
}

/// <summary>State of an app's grain.</summary>
[GenerateSerializer]
public sealed class CartState
{
    [Id(0)]
    public int Items { get; set; }
}
