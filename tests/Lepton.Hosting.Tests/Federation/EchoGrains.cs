using Lepton.Contracts;
using Lepton.Model;
using Microsoft.Extensions.Options;
using Orleans.Configuration;

namespace Lepton.Hosting.Tests;

/// <summary>Answers with its cluster and key, so that a test sees who was reached.</summary>
public sealed class EchoRegionGrain(IOptions<ClusterOptions> cluster) : Grain, IRegionGrain
{
    public Task<Reply> Ask(Message message) =>
        Task.FromResult<Reply>(new Refused(RefusalCode.NotReady, $"{cluster.Value.ClusterId}/{this.GetPrimaryKeyString()}"));

    public Task<bool> Wake() => Task.FromResult(true);
}

/// <summary>Acknowledges everything.</summary>
public sealed class EchoJobGrain : Grain, IJobGrain
{
    public Task<Reply> Ask(Message message) => Task.FromResult<Reply>(Ack.Done);

    public Task<bool> Wake() => Task.FromResult(true);
}

/// <summary>Never answers.</summary>
public sealed class SilentTaskGrain : Grain, ITaskGrain
{
    public Task<Reply> Ask(Message message) => new TaskCompletionSource<Reply>().Task;

    public Task<bool> Wake() => Task.FromResult(true);
}

/// <summary>Throws always, as a grain does whose store is down.</summary>
public sealed class ThrowingSeatGrain : Grain, ISeatGrain
{
    public Task<Reply> Ask(Message message) => throw new StoreUnavailableException("the disk is full", false);

    public Task<bool> Wake() => Task.FromResult(true);
}
