using Lepton.Model;

namespace Lepton.Hosting.Tests;

/// <summary>
/// Bytes as format 1 once wrote them, in <c>golden/</c>, are read for ever. Beside each <c>.bin</c> lies what it says, line by line; members
/// that were added later may add lines. A new row type: run once with <c>LEPTON_GOLDEN=write</c>, which writes only what is missing.
/// </summary>
public sealed class GoldenTests
{
    [Theory]
    [MemberData(nameof(RoundTripTests.Rows), MemberType = typeof(RoundTripTests))]
    public void Stored_bytes_of_version_1_are_still_read(string name)
    {
        var bin = Path.Combine(Folder(), $"{name}.v1.bin");
        var text = Path.ChangeExtension(bin, ".txt");
        if (Environment.GetEnvironmentVariable("LEPTON_GOLDEN") == "write" && !File.Exists(bin)) Write(name, bin, text);
        Assert.True(File.Exists(bin), $"{bin} is missing. Maybe {name} is new: run once with LEPTON_GOLDEN=write and commit the file.");

        var lines = Deep.Lines(Codecs.Machines.Decode(File.ReadAllBytes(bin))).ToHashSet();

        Assert.All(File.ReadAllLines(text), line => Assert.Contains(line, lines));
    }

    private static void Write(string name, string bin, string text)
    {
        var row = (Row)new Maker().Make(typeof(Row).Assembly.GetType($"Lepton.Model.{name}", throwOnError: true)!);
        var machine = new StoredMachine(row, [new Maker().Make<OwedSend>()]);
        File.WriteAllBytes(bin, Codecs.Machines.Encode(machine));
        File.WriteAllText(text, string.Join('\n', Deep.Lines(machine)) + "\n");
    }

    // Beside the tests' binaries where they were copied to, else in the sources (to write a new one).
    private static string Folder() => Environment.GetEnvironmentVariable("LEPTON_GOLDEN") == "write"
        ? Path.Combine(Root(AppContext.BaseDirectory), "tests", "Lepton.Hosting.Tests", "golden")
        : Path.Combine(AppContext.BaseDirectory, "golden");

    private static string Root(string folder) =>
        File.Exists(Path.Combine(folder, "Lepton.Orleans.sln"))
            ? folder
            : Root(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Lepton.Orleans.sln stands in no folder above the tests."));
}
