using System.Text;
using Lepton.Agent.Logs;
using Lepton.Agent.Tests.Kit;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Agent.Tests.Logs;

public sealed class LogShipperTests : IDisposable
{
    private static readonly LogLimits s_limits = new() { ChunkBytes = 10, WaitingBytes = 100, LastWords = TimeSpan.FromMilliseconds(300) };

    private readonly string _folder = Directory.CreateTempSubdirectory("lepton-log-").FullName;
    private readonly FakeRegionData _data = new();
    private readonly AttemptId _attempt = new(new TaskId(new JobId(FakeRegionData.Region, "J"), 0), 1);

    private string LogFile => Path.Combine(_folder, "log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Sends_what_is_new_in_chunks()
    {
        var shipper = Shipper();

        Write("0123456789abcdefghijklmno");
        await shipper.Ship(CancellationToken.None);
        Write("more");
        await shipper.Ship(CancellationToken.None);

        Assert.Equal("0123456789abcdefghijklmnomore", _data.Log(_attempt));
        Assert.Equal(0, shipper.Waiting);
    }

    [Fact]
    public async Task Nothing_is_lost_or_doubled_when_the_region_was_away()
    {
        var shipper = Shipper();
        Write("first ");
        await shipper.Ship(CancellationToken.None);

        _data.Away = true;
        Write("second ");
        await Assert.ThrowsAsync<StoreUnavailableException>(() => shipper.Ship(CancellationToken.None));
        _data.Away = false;
        Write("third");
        Assert.Null(await shipper.Finish());

        Assert.Equal("first second third", _data.Log(_attempt));
        Assert.True(_data.IsComplete(_attempt));
    }

    [Fact]
    public async Task What_waits_too_long_is_dropped_from_the_old_end_and_the_log_says_so()
    {
        var shipper = Shipper();
        Write("begin\n");
        await shipper.Ship(CancellationToken.None);

        Write(new string('x', 150) + new string('y', 50));
        await shipper.Ship(CancellationToken.None);
        Write("end\n");
        await shipper.Ship(CancellationToken.None);

        Assert.Equal(
            "begin\n\n[lepton: 150 bytes of this log were dropped on the machine: more than 100 were waiting for the region]\n" + new string('y', 50) + "end\n",
            _data.Log(_attempt));
    }

    [Fact]
    public async Task The_next_agent_goes_on_behind_what_arrived_and_what_was_dropped()
    {
        var first = Shipper();
        Write(new string('x', 150) + new string('y', 50));
        await first.Ship(CancellationToken.None);
        var before = _data.Log(_attempt);
        Write("after");

        var second = Shipper();
        await second.Resume(CancellationToken.None);
        await second.Ship(CancellationToken.None);

        Assert.Equal(before + "after", _data.Log(_attempt));
    }

    [Fact]
    public async Task Without_knowing_what_arrived_the_next_agent_sends_all_and_the_region_skips_what_it_has()
    {
        Write("0123456789abcde");
        await Shipper().Ship(CancellationToken.None);

        Write("f");
        await Shipper().Ship(CancellationToken.None);

        Assert.Equal("0123456789abcdef", _data.Log(_attempt));
    }

    [Fact]
    public async Task What_the_region_lost_is_sent_again()
    {
        var shipper = Shipper();
        Write("0123456789abcde");
        await shipper.Ship(CancellationToken.None);

        _data.Cut(_attempt, 4);
        Write("fgh");
        await shipper.Ship(CancellationToken.None);

        Assert.Equal("0123456789abcdefgh", _data.Log(_attempt));
    }

    [Fact]
    public async Task The_end_does_not_wait_for_ever_and_says_what_is_missing()
    {
        var shipper = Shipper();
        Write("lost words");
        _data.Away = true;

        Assert.Equal("the last 10 bytes of its log did not reach the region within 0.3 s", await shipper.Finish());
    }

    [Fact]
    public async Task A_file_that_its_task_emptied_goes_on_from_its_new_start()
    {
        var shipper = Shipper();
        Write("0123456789");
        await shipper.Ship(CancellationToken.None);

        File.WriteAllText(LogFile, "");
        await shipper.Ship(CancellationToken.None);
        Write("new");
        await shipper.Ship(CancellationToken.None);

        Assert.EndsWith("new", _data.Log(_attempt), StringComparison.Ordinal);
        Assert.StartsWith("0123456789", _data.Log(_attempt), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Blocks_that_have_arrived_go_back_to_the_disk_and_positions_stay()
    {
        var limits = new LogLimits();
        var shipper = new LogShipper(_attempt, LogFile, _data, new LogBudget(int.MaxValue), limits);
        var text = string.Concat(Enumerable.Range(0, 600_000).Select(i => $"{i:D9}\n"));
        Write(text);

        await shipper.Ship(CancellationToken.None);
        Write("end");
        await shipper.Ship(CancellationToken.None);

        Assert.Equal(text + "end", _data.Log(_attempt));
        Assert.Equal(text.Length + 3, new FileInfo(LogFile).Length);
    }

    private LogShipper Shipper() => new(_attempt, LogFile, _data, new LogBudget(int.MaxValue), s_limits);

    private void Write(string text) => File.AppendAllBytes(LogFile, Encoding.UTF8.GetBytes(text));
}
