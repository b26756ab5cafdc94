using System.Diagnostics;

namespace Lepton.Linux.Tests;

public sealed class ProcessesTests
{
    [Fact]
    public async Task Tells_the_living_from_the_dead_and_knows_their_names()
    {
        using var process = Process.Start(new ProcessStartInfo("sleep", "100"))!;
        var pid = process.Id;
        Assert.True(Processes.IsAlive(pid));
        process.Kill();
        await process.WaitForExitAsync();
        Assert.False(Processes.IsAlive(pid));
        Assert.Null(Processes.NameOf(pid));
    }

    [Fact]
    public void Sees_what_a_process_has_open()
    {
        var path = Path.GetTempFileName();
        using (File.OpenRead(path))
        {
            Assert.True(Processes.HasOpen(Environment.ProcessId, link => link == path));
            Assert.Contains(Environment.ProcessId, Processes.WithOpen(link => link == path));
        }

        Assert.False(Processes.HasOpen(Environment.ProcessId, link => link == path));
        File.Delete(path);
    }

    [Fact]
    public void Finds_the_holder_of_a_store_only_while_it_has_the_lock_open()
    {
        var folder = Directory.CreateTempSubdirectory("lepton-linux-");
        var store = Path.Combine(folder.FullName, "region.db");
        Assert.Null(StoreHolders.Of(store));
        File.WriteAllText(store + ".pid", $"{Environment.ProcessId} {Environment.MachineName}\n");
        using (new FileStream(store + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            Assert.Equal(Environment.ProcessId, StoreHolders.Of(store)?.Pid);
        }

        Assert.Null(StoreHolders.Of(store));
        File.WriteAllText(store + ".pid", $"{Environment.ProcessId} elsewhere\n");
        Assert.Null(StoreHolders.Of(store));
        folder.Delete(recursive: true);
    }
}
