using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Hosting.Tests;

/// <summary>Logs in a folder keep the contract.</summary>
public sealed class FileLogStoreTests : LogStoreContract, IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FileLogStore _logs;

    public FileLogStoreTests() => _logs = new FileLogStore(Small(_folder.Path));

    protected override ILogStore Logs => _logs;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Goes_on_after_a_restart_where_it_was()
    {
        await _logs.Append(Attempt, 0, new byte[1500], Cancel);

        var again = new FileLogStore(Small(_folder.Path));

        Assert.Equal(1500, (await again.Extent(Attempt, Cancel))!.Length);
        Assert.Equal(1600, await again.Append(Attempt, 1500, new byte[100], Cancel));
    }

    [Theory]
    [InlineData("../x", "y")]
    [InlineData("a", "b/c")]
    [InlineData(".", "x")]
    [InlineData("a", "b\0")]
    public async Task Refuses_an_id_that_cannot_be_a_path(string region, string key)
    {
        var attempt = new AttemptId(new TaskId(new JobId(new RegionId(region), key), 0), 1);

        await Assert.ThrowsAsync<ArgumentException>(() => _logs.Append(attempt, 0, new byte[] { 1 }, Cancel));
    }

    [Fact]
    public async Task Names_the_folder_that_takes_nothing()
    {
        var folder = Path.Combine(_folder.Path, "logs", "us-east.01jdx7k9");
        File.WriteAllText(folder, "a file where a folder should be");

        var error = await Assert.ThrowsAsync<StoreUnavailableException>(() => _logs.Append(Attempt, 0, new byte[] { 1 }, Cancel));

        Assert.Contains(Path.Combine(_folder.Path, "logs"), error.Message, StringComparison.Ordinal);
        File.Delete(folder);
        Assert.Equal(1, await _logs.Append(Attempt, 0, new byte[] { 1 }, Cancel));
    }

    [Fact]
    public void Lists_every_error_of_its_options() =>
        Assert.Equal(3, new LogOptions { Root = "", SegmentBytes = 10, MaxBytesPerAttempt = 12 }.Errors().Count);
}
