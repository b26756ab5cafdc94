using System.Globalization;
using Lepton.Agent.Tests.Kit;

namespace Lepton.Agent.Tests;

public sealed class StateLockTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lepton-lock-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task A_second_agent_is_refused_and_told_who_holds_the_folder()
    {
        using var first = await StateLock.Take(_folder, TimeSpan.Zero);

        var refused = await Assert.ThrowsAsync<InvalidOperationException>(() => StateLock.Take(_folder, TimeSpan.Zero));

        Assert.Contains(Environment.ProcessId.ToString(CultureInfo.InvariantCulture), refused.Message, StringComparison.Ordinal);
        Assert.Contains(_folder, refused.Message, StringComparison.Ordinal);
        Assert.False(StateLock.IsWanted(_folder));
    }

    [Fact]
    public async Task Who_waits_is_seen_and_gets_the_folder_when_it_is_handed_over()
    {
        var first = await StateLock.Take(_folder, TimeSpan.Zero);
        var waiting = StateLock.Take(_folder, TimeSpan.FromMinutes(1));
        await Within.So(() => StateLock.IsWanted(_folder), "the second agent has said that it waits");

        first.Dispose();

        using var second = await Within.Limit(waiting, "the second agent to get the folder");
        Assert.False(StateLock.IsWanted(_folder));
    }

    [Fact]
    public async Task Waits_longer_for_a_holder_whose_parent_is_gone()
    {
        var first = await StateLock.Take(_folder, TimeSpan.Zero);
        StateLock.SayParent(_folder, Environment.ProcessId);
        await Assert.ThrowsAsync<InvalidOperationException>(() => StateLock.Take(_folder, TimeSpan.Zero, TimeSpan.FromMinutes(1)));

        StateLock.SayParent(_folder, int.MaxValue);     // beyond all pids: nobody
        var waiting = StateLock.Take(_folder, TimeSpan.Zero, TimeSpan.FromMinutes(1));
        await Within.So(() => StateLock.IsWanted(_folder), "the second agent has said that it waits");
        first.Dispose();

        using var second = await Within.Limit(waiting, "the second agent to get the folder");
        StateLock.SayParent(_folder, null);
        await Assert.ThrowsAsync<InvalidOperationException>(() => StateLock.Take(_folder, TimeSpan.Zero, TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public async Task A_folder_that_cannot_be_used_is_not_taken_for_held()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "agent.pid"), "4711\n", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(_folder, "lock"), "lock");     // a link to itself: no file there can be opened

        await Assert.ThrowsAsync<IOException>(() => StateLock.Take(_folder, TimeSpan.FromMinutes(1)));

        Assert.False(StateLock.IsWanted(_folder));
    }

    [Fact]
    public async Task A_full_disk_keeps_no_agent_from_its_folder()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder, "agent.pid"), "4711\n", TestContext.Current.CancellationToken);
        File.CreateSymbolicLink(Path.Combine(_folder, "agent.pid.new"), "/dev/full");

        using var held = await StateLock.Take(_folder, TimeSpan.Zero);

        await Assert.ThrowsAsync<InvalidOperationException>(() => StateLock.Take(_folder, TimeSpan.Zero));
    }

    [Fact]
    public void Incarnations_only_grow()
    {
        var first = Incarnation.Next(_folder);
        File.WriteAllText(Path.Combine(_folder, "incarnation"), (long.MaxValue / 2).ToString(CultureInfo.InvariantCulture) + "\n");

        Assert.True(first > 0);
        Assert.Equal((long.MaxValue / 2) + 1, Incarnation.Next(_folder));
    }
}
