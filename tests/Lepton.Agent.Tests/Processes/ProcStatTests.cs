using System.Text;
using Lepton.Agent.Processes;

namespace Lepton.Agent.Tests.Processes;

public sealed class ProcStatTests
{
    [Fact]
    public void Reads_behind_the_last_parenthesis()
    {
        var line = "42 (a) b) (c)) S 7 8 9 0 -1 4194304 101 0 0 0 0 0 0 0 20 0 1 0 229602 3133440 383 18446744073709551615\n";

        Assert.Equal(new ProcStat(42, 'S', 7, 8, 9, 229602), ProcStat.Parse(42, Encoding.ASCII.GetBytes(line)));
    }

    [Theory]
    [InlineData("")]
    [InlineData("42 (name")]
    [InlineData("42 (name) S 1 2")]
    public void Half_a_line_is_none(string line) => Assert.Null(ProcStat.Parse(42, Encoding.ASCII.GetBytes(line)));

    [Fact]
    public void Finds_itself()
    {
        var me = ProcStat.Read(Environment.ProcessId);

        Assert.True(me is { IsLiving: true, StartTicks: > 0 });
        Assert.Contains(Environment.ProcessId, ProcFile.Pids());
    }

    [Fact]
    public void A_zombie_does_not_live() => Assert.False(new ProcStat(1, 'Z', 0, 0, 0, 5).IsLiving);

    [Fact]
    public void Reads_how_often_the_kernel_killed_for_memory()
    {
        Assert.Equal(3, OomKills.Parse("nr_free_pages 1\noom_kill 3\nx 2\n"));
        Assert.Null(OomKills.Parse("nr_free_pages 1\n"));
    }

    [Fact]
    public void Nobody_has_no_line() => Assert.Null(ProcStat.Read(int.MaxValue));
}
