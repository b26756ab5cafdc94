using System.Reflection;
using System.Runtime.InteropServices;
using Lepton.Client.Cluster;
using Lepton.Client.Wire;
using Lepton.Contracts;
using Lepton.Model;
using Orleans;
using Orleans.Runtime;

namespace Lepton.Client;

/// <summary>
/// Lepton from inside a region: lists out of the region's own grains, everything else as messages to the machine that owns it, in
/// whichever region. Any region answers for all; one that is out of reach is an error with a name, never a wait without end.
/// </summary>
public sealed partial class ClusterLepton : ILepton
{
    /// <summary>How long another region's REST API may take.</summary>
    public static readonly TimeSpan PeerTimeout = TimeSpan.FromSeconds(3);

    private readonly IGrainFactory _grains;
    private readonly RegionDirectory _directory;
    private readonly TimeProvider _time;
    private readonly Func<RegionEndpoint, ILogStore> _logs;
    private readonly Func<RegionEndpoint, ILepton> _peers;
    private readonly MachineAsker _asker;
    private readonly FleetPicture _fleet;
    private readonly JobIntake _intake;
    private readonly IdResolver _ids;

    /// <param name="grains">Grains of the own region.</param>
    /// <param name="gateway">To the machines of all regions, the own one too.</param>
    /// <param name="logs">The logs that a region keeps. Asked often: keep one for each region.</param>
    /// <param name="peers">Another region's API, for its lists; null = over HTTP. Asked often: keep one for each region.</param>
    public ClusterLepton(
        IGrainFactory grains,
        IRegionGateway gateway,
        RegionDirectory directory,
        TimeProvider time,
        Func<RegionEndpoint, ILogStore> logs,
        Func<RegionEndpoint, ILepton>? peers = null)
    {
        _grains = grains;
        _directory = directory;
        _time = time;
        _logs = logs;
        _peers = peers ?? new PeerClients(PeerTimeout).Of;
        _asker = new MachineAsker(gateway);
        _fleet = new FleetPicture(_asker, directory, time);
        _intake = new JobIntake(directory, time);
        _ids = new IdResolver(directory, ListJobsAsync);
    }

    private RegionId Self => _directory.Self;

    private IReadOnlyList<RegionId> AllRegions => [.. _directory.Regions.Select(r => r.Region)];

    public Task<ServerVersion> GetVersionAsync(CancellationToken cancel = default) => Task.FromResult(new ServerVersion
    {
        Version = typeof(ClusterLepton).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown",
        Api = "v1",
        Region = Self.Value,
        Runtime = RuntimeInformation.FrameworkDescription,
    });

    /// <summary>Another region's answer, within the time a person is willing to wait for a list.</summary>
    private async Task<T> AskPeer<T>(RegionId region, Func<ILepton, CancellationToken, Task<T>> ask, CancellationToken cancel)
    {
        using var limit = new CancellationTokenSource(PeerTimeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
        try
        {
            return await ask(_peers(_directory.Of(region)), either.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw MachineAsker.Unreachable(region, $"no answer within {PeerTimeout.TotalSeconds:0} s");
        }
        catch (LeptonException e) when (e.Code is ProblemCodes.ServerUnreachable or ProblemCodes.UnexpectedAnswer)
        {
            throw MachineAsker.Unreachable(region, e.Message);
        }
    }

    /// <summary>A read of the own region's rows, its failures turned into errors a person can act on.</summary>
    private async Task<T> Query<T>(Func<IQueryGrain, Task<T>> read, string? cursor)
    {
        try
        {
            return await read(_grains.GetGrain<IQueryGrain>(0));
        }
        catch (ArgumentException e) when (cursor is not null)
        {
            throw LeptonException.Of(ProblemCodes.BadParameter, $"cursor '{cursor}' is none of this list.", "Begin again without a cursor.", inner: e);
        }
        catch (StoreUnavailableException e)
        {
            throw LeptonException.Of(ProblemCodes.StoreUnavailable, e.Message, "Ask again; the region's log says what its store lacks.", inner: e);
        }
        catch (Exception e) when (e is TimeoutException or OrleansException)
        {
            throw MachineAsker.Unreachable(Self, e.Message);
        }
    }
}
