using System.IO.Compression;
using Lepton.Sample.Data;

namespace Lepton.Sample.Tests.Data;

public sealed class PodFileTests
{
    private const string Header = "name,cpu_milli,memory_mib,num_gpu,gpu_milli,qos,pod_phase,creation_time,deletion_time,scheduled_time";

    [Fact]
    public void Reads_back_what_it_writes()
    {
        using var scratch = new Scratch();
        PodRow[] rows = [Rows.Row(Rows.Small, 1, 5), Rows.Row(Rows.Large, 2, 7, "Failed") with { Scheduled = null }];

        PodFile.Write(scratch.Path("a.csv.gz"), rows);

        Assert.Equal(rows, PodFile.Read(scratch.Path("a.csv.gz")));
    }

    [Theory]
    [InlineData("name,cpu_milli\n", "memory_mib")]
    [InlineData(Header + "\np,1,2,1,500,BE,Running,1,ten,1\n", "line 2: deletion_time 'ten'")]
    [InlineData(Header + "\np,1,2\n", "line 2 has 3 cells")]
    public void Names_what_is_wrong_with_a_list(string text, string expected)
    {
        using var scratch = new Scratch();
        using (var writer = new StreamWriter(new GZipStream(File.Create(scratch.Path("a.csv.gz")), CompressionLevel.Fastest))) writer.Write(text);

        Assert.Contains(expected, Assert.Throws<InvalidDataException>(() => PodFile.Read(scratch.Path("a.csv.gz"))).Message);
    }
}
