using Lepton.Agent.Attempts;
using Lepton.Model;

namespace Lepton.Agent.Tests.Attempts;

public sealed class MetricsFileTests : IDisposable
{
    private readonly string _path = Path.GetTempFileName();

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Keeps_the_last_value_of_each_name_and_reads_only_whole_lines()
    {
        var metrics = new MetricsFile(_path);

        File.AppendAllText(_path, """{"name":"loss","value":0.5,"step":1}""" + "\n" + """{"name":"loss","value":0.2""");
        Assert.True(metrics.Read());
        Assert.Equal([new MetricValue("loss", 0.5, 1)], metrics.Values);
        Assert.False(metrics.Read());
        File.AppendAllText(_path, ""","step":2}""" + "\n" + """{"name":"acc","value":1}""" + "\n");
        Assert.True(metrics.Read());

        Assert.Equal([new MetricValue("acc", 1, 0), new MetricValue("loss", 0.2, 2)], metrics.Values);
    }

    [Fact]
    public void Lines_that_are_no_figures_are_passed_over()
    {
        File.WriteAllText(_path, "hello\n\n[1]\n{}\n{\"name\":1,\"value\":2}\n{\"name\":\"x\",\"value\":\"y\"}\n{\"name\":\"ok\",\"value\":3,\"step\":1.5}\n");
        var metrics = new MetricsFile(_path);

        metrics.Read();

        Assert.Equal([new MetricValue("ok", 3, 0)], metrics.Values);
    }

    [Fact]
    public void Names_beyond_the_limit_are_not_kept_but_known_ones_go_on()
    {
        File.WriteAllLines(_path, Enumerable.Range(0, 100).Select(i => $$"""{"name":"m{{i:D3}}","value":{{i}}}""").Append("""{"name":"m000","value":77}"""));
        var metrics = new MetricsFile(_path);

        metrics.Read();

        Assert.Equal(MetricsFile.NamesAtMost, metrics.Values.Length);
        Assert.Equal(77, metrics.Values[0].Value);
    }

    [Fact]
    public void A_file_that_is_not_there_has_no_values()
    {
        var metrics = new MetricsFile(_path + ".none");

        Assert.False(metrics.Read());
        Assert.Empty(metrics.Values);
    }
}
