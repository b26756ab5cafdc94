using System.Globalization;
using Lepton.Contracts;
using Lepton.Model;
using Orleans.Runtime;
using Orleans.Serialization;
using Orleans.Storage;

namespace Lepton.Hosting;

/// <summary>
/// State of grains that are no machines of ours (an app's own, on the same silo), kept in the region's store: one row each, fenced by the
/// same ETags.
/// </summary>
public sealed class RegionGrainStorage(IRegionStore store, Serializer serializer, TimeProvider time) : IGrainStorage
{
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var record = await store.Read(BlobRow.KeyOf(stateName, grainId.ToString()), CancellationToken.None);
        grainState.RecordExists = record is not null;
        grainState.ETag = record?.ETag.ToString(CultureInfo.InvariantCulture);
        grainState.State = record?.Value.Row is BlobRow blob ? serializer.Deserialize<T>(blob.Bytes)! : Activator.CreateInstance<T>();
    }

    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var row = new BlobRow(stateName, grainId.ToString(), serializer.SerializeToArray(grainState.State), time.GetUtcNow());
        var etag = await Write(row.Key, grainState, new StoredMachine(row, []));
        grainState.ETag = etag.ToString(CultureInfo.InvariantCulture);
        grainState.RecordExists = true;
    }

    public async Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        if (grainState.ETag is not null) await Write(BlobRow.KeyOf(stateName, grainId.ToString()), grainState, null);
        grainState.ETag = null;
        grainState.RecordExists = false;
        grainState.State = Activator.CreateInstance<T>();
    }

    /// <exception cref="InconsistentStateException">Another activation has written since: Orleans drops this one and reads again.</exception>
    private async Task<long> Write<T>(string key, IGrainState<T> grainState, StoredMachine? value)
    {
        var expected = grainState.ETag is null ? 0 : long.Parse(grainState.ETag, CultureInfo.InvariantCulture);
        return await store.Write([new RowWrite(key, expected, value)], CancellationToken.None) is [var etag]
            ? etag
            : throw new InconsistentStateException($"Row '{key}' has changed since ETag {expected} was read.");
    }
}
