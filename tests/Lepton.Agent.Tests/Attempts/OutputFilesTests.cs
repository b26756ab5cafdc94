using Lepton.Agent.Attempts;

namespace Lepton.Agent.Tests.Attempts;

public sealed class OutputFilesTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lepton-out-").FullName;

    public OutputFilesTests()
    {
        foreach (var name in new[] { "model.zip", "b.txt", "logs/a.txt", "logs/deep/c.txt" })
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder, name))!);
            File.WriteAllText(Path.Combine(_folder, name), name);
        }
        File.CreateSymbolicLink(Path.Combine(_folder, "link.txt"), "/etc/hostname");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("model.zip", "model.zip")]
    [InlineData("*.txt", "b.txt")]
    [InlineData("logs/*", "logs/a.txt")]
    [InlineData("logs", "logs/a.txt,logs/deep/c.txt")]
    [InlineData("**/*.txt", "b.txt,logs/a.txt,logs/deep/c.txt")]
    [InlineData("**", "b.txt,logs/a.txt,logs/deep/c.txt,model.zip")]
    [InlineData("?.txt", "b.txt")]
    public void Finds_names_and_globs(string pattern, string expected)
    {
        var (names, problem) = OutputFiles.Find(_folder, [pattern]);

        Assert.Null(problem);
        Assert.Equal(expected.Split(','), names);
    }

    [Fact]
    public void A_file_matched_twice_is_kept_once() => Assert.Equal(["model.zip"], OutputFiles.Find(_folder, ["model.zip", "*.zip"]).Names);

    [Theory]
    [InlineData("model.bin")]
    [InlineData("link.txt")]
    [InlineData("modelXzip")]
    public void What_is_missing_is_named_beside_what_is_there(string pattern)
    {
        var (names, problem) = OutputFiles.Find(_folder, ["b.txt", pattern]);

        Assert.Empty(names);
        Assert.Equal($"declared output '{pattern}' was not written; out/ holds: b.txt, logs/a.txt, logs/deep/c.txt, model.zip", problem);
    }
}
