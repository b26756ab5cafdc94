using Lepton.Contracts;
using Lepton.Model;
using Orleans.Runtime;

namespace Lepton.Hosting;

/// <summary>
/// Delivers messages to machines: in the own cluster by grain call, elsewhere over the way to that region. Whatever fails, the sender gets
/// <see cref="Unanswered"/> with the reason, and soon: it repeats or lives with it.
/// </summary>
internal sealed class RegionGateway(IGrainFactory own, RegionDirectory directory, RemoteRegions remotes, FederationOptions options, TimeProvider time)
    : IRegionGateway
{
    private readonly MachineReferences _machines = new();

    public Task<Reply> Ask(Address to, Message message, CancellationToken cancel) =>
        to.Region == directory.Self ? AskOwn(to, message, cancel) : AskRemote(to, message, cancel);

    private async Task<Reply> AskOwn(Address to, Message message, CancellationToken cancel)
    {
        try
        {
            return await Bounded(Grain(own, to).Ask(message), cancel);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            return new Unanswered($"{to} gave no answer: {e.Message}");
        }
    }

    private async Task<Reply> AskRemote(Address to, Message message, CancellationToken cancel)
    {
        if (remotes.Of(to.Region) is not { } remote)
        {
            return new Unanswered($"Region {to.Region} is not configured. Known: {string.Join(", ", directory.Regions.Select(r => r.Region))}.");
        }

        if (remote.Client is not { } client) return new Unanswered($"Region {to.Region} has not been reached yet.");
        if (!remote.Breaker.TryEnter(out var why)) return new Unanswered(why);
        try
        {
            var reply = await Bounded(Grain(client, to).Ask(message), cancel);
            remote.Breaker.Answered();
            return reply;
        }
        catch (Exception e)
        {
            if (IsAnswer(e)) remote.Breaker.Answered();
            else remote.Breaker.Failed($"Region {to.Region} does not answer: {e.Message}", lost: IsNoWay(e));
            if (cancel.IsCancellationRequested) throw;
            return new Unanswered($"{to} gave no answer: {e.Message}");
        }
    }

    /// <summary>
    /// The caller waits so long and no longer: a call in flight when its connection dies would hang for the whole response timeout, plus up to
    /// a second until the next scan for expired calls.
    /// </summary>
    private async Task<Reply> Bounded(Task<Reply> call, CancellationToken cancel)
    {
        try
        {
            return await call.WaitAsync(options.AskTimeout, time, cancel);
        }
        catch (Exception) when (!call.IsCompleted)
        {
            // Nobody waits any more: its failure is not to be reported as unobserved.
            _ = call.ContinueWith(static c => _ = c.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted, TaskScheduler.Default);
            throw;
        }
    }

    /// <summary>There is no connection, or none that knows our grains yet (<see cref="ArgumentException"/> before the client has connected).</summary>
    private static bool IsNoWay(Exception e) =>
        e is Orleans.Runtime.Messaging.ConnectionFailedException or SiloUnavailableException or ArgumentException or ObjectDisposedException;

    /// <summary>The region is there and said no: the grain threw, or the silo is about to end.</summary>
    private static bool IsAnswer(Exception e) => e is not (TimeoutException or OperationCanceledException) && !IsNoWay(e);

    private IMachineGrain Grain(IGrainFactory grains, Address to) => _machines.Grain(grains, to);
}
