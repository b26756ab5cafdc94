using Lepton.Local.Sample;

namespace Lepton.Local.Tests.Sample;

/// <summary>What the next start knows of the sample before it.</summary>
public sealed class SampleMemoryTests : IDisposable
{
    private readonly string _home = Directory.CreateTempSubdirectory("lepton-memory").FullName;

    [Fact]
    public void Reads_back_what_was_saved()
    {
        var memory = new SampleMemory("us-east/key", "us-east.JOB", Finished: false);
        memory.Save(_home);
        Assert.Equal(memory, SampleMemory.Load(_home));
        (memory with { Finished = true }).Save(_home);
        Assert.True(SampleMemory.Load(_home)!.Finished);
    }

    [Fact]
    public void Knows_nothing_in_a_new_home() => Assert.Null(SampleMemory.Load(Path.Combine(_home, "none")));

    [Fact]
    public void Starts_anew_when_the_file_is_garbled()
    {
        File.WriteAllText(Path.Combine(_home, "sample.json"), "{\"IdempotencyKey\": ");
        Assert.Null(SampleMemory.Load(_home));
    }

    public void Dispose() => Directory.Delete(_home, recursive: true);
}
