using System.IO.Compression;
using Lepton.Benchmarks;
using Lepton.Benchmarks.Roadef;
using Lepton.Scheduling.Annealing.Placing;

namespace Lepton.Scheduling.Tests.Roadef;

public sealed class RoadefReaderTests : IDisposable
{
    /// <summary>Two resources, two machines, two services of which the first needs the second, three processes, one balance.</summary>
    private const string Model = """
        2
        1 100
        0 10
        2
        0 0 30 400 16 80 0 1
        0 1 10 240 8 160 1 0
        2
        2 0
        1 1 0
        3
        0 12 10 1000
        0 10 20 100
        1 6 200 1
        1
        0 1 20
        10
        1 10 100
        """;

    private const string Assignment = "0 1 0\n";

    private readonly string _folder = Directory.CreateTempSubdirectory("roadef").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Reads_the_example_and_prices_it_as_the_challenge_does()
    {
        Write(Model, Assignment);
        var instance = RoadefReader.Read(_folder, "t_1");
        Assert.Equal(3, instance.Model.Tasks.Length);
        Assert.Equal([0, 1, 0], instance.Initial);
        Assert.True(instance.Model.Resources[0].HeldWhileMoving);
        Assert.Equal(2, instance.Model.Groups[0].Locations);
        Assert.Equal([0], instance.Model.Groups[1].Needs);

        // Machine 0 holds 18 and 210 of limits 16 and 80, machine 1 holds 10 and 20 of 8 and 160; free are 12 and 190, 0 and 220.
        var terms = PlacementAudit.Terms(instance.Model, instance.Initial);
        Assert.Equal((100 * 2) + (10 * 130) + (100 * 2), terms.Load);
        Assert.Equal(10 * ((20 * 12) - 190), terms.Balance);
        Assert.Equal(0, terms.TaskMoves + terms.GroupMoves + terms.Routes);
        Assert.Null(instance.Reference.Best);
    }

    [Fact]
    public void Reads_gzip_and_windows_line_ends_alike()
    {
        Write(Model, Assignment);
        var plain = RoadefReader.Read(_folder, "t_1");
        using (var zipped = new GZipStream(File.Create(At("model_t_2.txt.gz")), CompressionLevel.Fastest))
            zipped.Write(System.Text.Encoding.ASCII.GetBytes(Model.ReplaceLineEndings("\r\n")));
        File.WriteAllText(At("assignment_t_2.txt"), "0\r\n1\r\n0");
        var other = RoadefReader.Read(_folder, "t_2");
        Assert.Equal(PlacementAudit.Terms(plain.Model, plain.Initial), PlacementAudit.Terms(other.Model, other.Initial));
        Assert.Equal(["t_1", "t_2"], RoadefReader.Names(_folder));
    }

    [Fact]
    public void Reads_what_it_writes()
    {
        Write(Model, Assignment);
        RoadefWriter.Write(At("plan.txt"), [0, 1, 0]);
        Assert.Equal([0, 1, 0], RoadefReader.Assignment(At("plan.txt"), 3, 2));
    }

    [Theory]
    [InlineData("1 100", "2 100", "(2,1): whether resource 0 is transient is 2; it must be from 0 to 1")]
    [InlineData("1 100", "1 x100", "(2,3): 'x100' is no whole number")]
    [InlineData("1 100", "1 1e2", "(2,3): '1e2' is no whole number")]
    [InlineData("1 100", "1 99999999999", "the weight of resource 0 is 99999999999")]
    [InlineData("0 12 10 1000", "5 12 10 1000", "(11,1): the service of process 0 is 5; it must be from 0 to 1")]
    [InlineData("0 12 10 1000", "0 -12 10 1000", "(11,3): resource 0 of process 0 is -12; it must be from 0")]
    [InlineData("1 1 0", "1 1 7", "(9,5): dependency 0 of service 1 is 7")]
    [InlineData("1 1 0", "1 9 0", "(9,3): the number of services that service 1 depends on is 9")]
    [InlineData("0 1 20\n", "0 2 20\n", "(15,3): the second resource of balance 0 is 2")]
    [InlineData("1 10 100", "1 10", "the file ends where the weight of machine moves should be")]
    [InlineData("1 10 100", "1 10 100 7", "7 stands after the end")]
    public void Refuses_a_broken_model_and_says_where_and_what_to_do(string good, string bad, string expected)
    {
        Write(Model.ReplaceLineEndings("\n").Replace(good, bad, StringComparison.Ordinal), Assignment);
        var error = Assert.Throws<InvalidDataException>(() => RoadefReader.Read(_folder, "t_1"));
        Assert.Contains("model_t_1.txt(", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0 1", "(1,4): the file ends where the machine of process 2 of 3 should be, after 2 numbers. Maybe")]
    [InlineData("0 1 2", "(1,5): the machine of process 2 of 3 is 2; it must be from 0 to 1. Maybe")]
    [InlineData("0 1 0 1", "(1,7): 1 stands after the end: the machine of process 2 was the last number announced. Maybe")]
    [InlineData("0 0 1", "the assignment breaks a rule of")]
    [InlineData("", "after 0 numbers")]
    public void Refuses_an_assignment_that_does_not_fit_the_model(string assignment, string expected)
    {
        Write(Model, assignment);
        var error = Assert.Throws<InvalidDataException>(() => RoadefReader.Read(_folder, "t_1"));
        Assert.Contains("assignment_t_1.txt", error.Message, StringComparison.Ordinal);
        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_damaged_gzip_file()
    {
        File.WriteAllText(At("model_t_1.txt.gz"), "no gzip at all");
        File.WriteAllText(At("assignment_t_1.txt"), Assignment);
        var error = Assert.Throws<InvalidDataException>(() => RoadefReader.Read(_folder, "t_1"));
        Assert.Contains("it is no whole gzip file", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_the_instances_there_are_when_one_is_not_there()
    {
        Write(Model, Assignment);
        var error = Assert.Throws<UsageException>(() => RoadefReader.Look(_folder, "a9_9"));
        Assert.Contains("model_a9_9.txt", error.Message, StringComparison.Ordinal);
        Assert.Contains("Maybe one of t_1.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Refuses_a_folder_without_instances_and_one_that_is_not_there()
    {
        Assert.Contains("has no instances", Assert.Throws<UsageException>(() => RoadefReader.Names(_folder)).Message, StringComparison.Ordinal);
        Assert.Contains("There is no folder", Assert.Throws<UsageException>(() => RoadefReader.Names(At("none"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Takes_the_best_published_cost_and_says_where_a_table_is_wrong()
    {
        Write(Model, Assignment);
        File.WriteAllText(At("reference.csv"), "instance,lower_bound,s41_300s,verified_solution,note\nt_1,10,30,25,\"a, b\"\nt_2,x,,,\n");
        var reference = RoadefReader.Read(_folder, "t_1").Reference;
        Assert.Equal((25, 10), (reference.Best, reference.LowerBound));
        var error = Assert.Throws<InvalidDataException>(() => ReferenceTable.Of(_folder, "t_2"));
        Assert.Contains("reference.csv(3): lower_bound is 'x'", error.Message, StringComparison.Ordinal);
    }

    private void Write(string model, string assignment)
    {
        File.WriteAllText(At("model_t_1.txt"), model);
        File.WriteAllText(At("assignment_t_1.txt"), assignment);
    }

    private string At(string name) => Path.Combine(_folder, name);
}
