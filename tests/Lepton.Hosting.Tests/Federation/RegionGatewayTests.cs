using System.Diagnostics;
using Lepton.Contracts;
using Lepton.Model;
using Lepton.Tests.Shared;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Lepton.Hosting.Tests;

/// <summary>Two real clusters in one process, one of them lost and found.</summary>
public sealed class RegionGatewayTests : IAsyncLifetime
{
    private static readonly RegionId East = new("us-east");
    private static readonly RegionId West = new("eu-west");

    private readonly List<IHost> _hosts = [];
    private readonly int[] _ports = [ReservedPorts.Next(), ReservedPorts.Next(), ReservedPorts.Next(), ReservedPorts.Next()];
    private IRegionGateway _gateway = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var east = await Start(East, _ports[0], _ports[1]);
        _gateway = east.Services.GetRequiredService<IRegionGateway>();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts) await Stop(host);
    }

    [Fact]
    public async Task Reaches_the_own_region_and_the_other_and_survives_its_loss()
    {
        // Own region, while the other is not even there.
        Assert.Equal("us-east/us-east", Assert.IsType<Refused>(await Ask(Address.Of(East))).Text);
        Assert.IsType<Ack>(await Ask(Address.Of(new JobId(East, "j"))));
        Assert.Contains("not been reached yet", Assert.IsType<Unanswered>(await Ask(Address.Of(West))).Why, StringComparison.Ordinal);

        // It comes up.
        var west = await Start(West, _ports[2], _ports[3]);
        Assert.Equal("eu-west/eu-west", Assert.IsType<Refused>(await AskUntilAnswered(Address.Of(West))).Text);
        Assert.IsType<Ack>(await Ask(Address.Of(new JobId(West, "j"))));

        // It goes down: unanswered, with a reason, and never later than the timeout.
        await Stop(west);
        var watch = Stopwatch.StartNew();
        for (var i = 0; i < 50; i++) Assert.NotEmpty(Assert.IsType<Unanswered>(await Ask(Address.Of(West))).Why);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20), $"50 calls to a lost region took {watch.Elapsed}.");
        Assert.IsType<Ack>(await Ask(Address.Of(new JobId(East, "j"))));

        // It comes back at the same address.
        await Start(West, _ports[2], _ports[3]);
        Assert.Equal("eu-west/eu-west", Assert.IsType<Refused>(await AskUntilAnswered(Address.Of(West))).Text);
    }

    [Fact]
    public async Task A_machine_that_throws_or_is_silent_is_unanswered_with_the_reason()
    {
        Assert.Contains("the disk is full", Assert.IsType<Unanswered>(await Ask(Address.Seat(East))).Why, StringComparison.Ordinal);

        var silent = Assert.IsType<Unanswered>(await Ask(Address.Of(new TaskId(new JobId(East, "j"), 0))));
        Assert.Contains("us-east:Task:us-east.j/0", silent.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_machine_of_another_region_that_throws_does_not_cut_the_region_off()
    {
        await Start(West, _ports[2], _ports[3]);
        await AskUntilAnswered(Address.Of(West));

        for (var i = 0; i < 10; i++)
        {
            Assert.Contains("the disk is full", Assert.IsType<Unanswered>(await Ask(Address.Seat(West))).Why, StringComparison.Ordinal);
        }

        Assert.IsType<Refused>(await Ask(Address.Of(West)));
    }

    [Fact]
    public async Task A_region_that_nobody_configured_is_unanswered_and_the_known_ones_are_named()
    {
        var reply = Assert.IsType<Unanswered>(await Ask(Address.Of(new RegionId("mars"))));

        Assert.Contains("Region mars is not configured", reply.Why, StringComparison.Ordinal);
        Assert.Contains("us-east, eu-west", reply.Why, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_caller_who_gives_up_is_let_go()
    {
        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var call = _gateway.Ask(Address.Of(new TaskId(new JobId(East, "j"), 1)), AskRegion.Now, cancelled.Token);

        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
    }

    [Fact]
    public void A_wrong_directory_is_refused_with_every_error()
    {
        var directory = new RegionDirectory(East, [new(West, "nowhere", new Uri("http://a/")), new(West, "b:0", new Uri("http://b/"))]);

        var error = Assert.Throws<ArgumentException>(
            () => new ServiceCollection().AddLeptonFederation(directory, new FederationOptions { AskTimeout = default, TimeoutsToTrip = 0 }));

        foreach (var part in new[] { "AskTimeout", "TimeoutsToTrip", "'us-east' is not in its own", "is 2 times", "'nowhere'", "'b:0'" })
        {
            Assert.Contains(part, error.Message, StringComparison.Ordinal);
        }
    }

    private static async Task Stop(IHost host)
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        try
        {
            await host.StopAsync(now.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
        {
            // Stopped before, or no patience for an orderly end.
        }

        await ((IAsyncDisposable)host).DisposeAsync();
    }

    private Task<Reply> Ask(Address to) => _gateway.Ask(to, AskRegion.Now, Cancel);

    /// <summary>Repeats like a sender does; the test's own time limit ends it.</summary>
    private async Task<Reply> AskUntilAnswered(Address to)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        while (true)
        {
            var reply = await _gateway.Ask(to, AskRegion.Now, limit.Token);
            if (reply is not Unanswered) return reply;
            await Task.Delay(50, limit.Token);
        }
    }

    private async Task<IHost> Start(RegionId region, int siloPort, int gatewayPort)
    {
        var directory = new RegionDirectory(region, [
            new RegionEndpoint(East, $"127.0.0.1:{_ports[1]}", new Uri("http://127.0.0.1:1/")),
            new RegionEndpoint(West, $"127.0.0.1:{_ports[3]}", new Uri("http://127.0.0.1:1/")),
        ]);
        var builder = Host.CreateApplicationBuilder(new HostApplicationBuilderSettings { DisableDefaults = true });
        builder.Logging.ClearProviders();
        builder.Services.AddLeptonFederation(directory, new FederationOptions
        {
            AskTimeout = TimeSpan.FromSeconds(2),
            RetryEvery = TimeSpan.FromMilliseconds(100),
        });
        builder.UseOrleans(silo => silo.UseLocalhostClustering(siloPort, gatewayPort, serviceId: "lepton", clusterId: region.Value));
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync(Cancel);
        return host;
    }
}
