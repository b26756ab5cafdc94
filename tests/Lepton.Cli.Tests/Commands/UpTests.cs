using Lepton.Cli.Fleets;

namespace Lepton.Cli.Tests.Commands;

public sealed class UpTests
{
    [Fact]
    public async Task Becomes_the_local_fleet_with_what_was_said()
    {
        var (program, arguments) = await Up("--regions", "2", "--nodes", "4", "--home", "/tmp/x", "--port", "9000", "--silo-port", "9100", "--gateway-port", "9200", "--cpus", "3");
        Assert.Equal("dotnet", Path.GetFileName(program));
        Assert.Equal("Lepton.Local.dll", Path.GetFileName(arguments[0]));
        Assert.Equal(
            "--regions us-east,eu-west --nodes 4 --port 9000 --silo-port 9100 --gateway-port 9200 --cpus 3 --home /tmp/x --no-sample",
            string.Join(' ', arguments.Skip(1)));
    }

    [Fact]
    public async Task Starts_three_regions_in_the_users_folder_when_nothing_is_said()
    {
        var (_, arguments) = await Up();
        Assert.Equal("--regions us-east,eu-west,ap-south --home /home/u/.local/share/lepton --no-sample", string.Join(' ', arguments.Skip(1)));
    }

    [Theory]
    [InlineData("8", "emulated:8xH100")]
    [InlineData("8xH100,2xA100", "emulated:8xH100,2xA100")]
    public async Task Gives_every_agent_emulated_gpus(string asked, string devices)
    {
        var (_, arguments) = await Up("--gpus", asked, "--emulated");
        Assert.Contains($"--devices {devices}", string.Join(' ', arguments), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Never_emulates_gpus_without_being_told()
    {
        var run = await CliRun.Of("up", "--gpus", "8");
        Assert.Equal(2, run.Exit);
        Assert.Contains("--gpus 8: GPUs of a fleet that lepton up starts are emulated", run.Err, StringComparison.Ordinal);
        Assert.Contains("add --emulated", run.Err, StringComparison.Ordinal);
    }

    [Fact]
    public void Names_further_regions_by_number() =>
        Assert.Equal(["us-east", "eu-west", "ap-south", "region-4", "region-5"], RegionNames.Of("5"));

    [Fact]
    public void Finds_the_program_in_a_published_folder_first()
    {
        var folder = Directory.CreateTempSubdirectory("lepton-published-");
        var local = Path.Combine(folder.FullName, "local", "Lepton.Local.dll");
        Assert.Contains("lepton anew", Assert.Throws<UsageException>(() => LocalProgram.Find(folder.FullName)).Hint, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.GetDirectoryName(local)!);
        File.WriteAllText(local, "");
        Assert.Equal(local, LocalProgram.Find(folder.FullName));
        folder.Delete(recursive: true);
    }

    private static async Task<(string Program, IReadOnlyList<string> Arguments)> Up(params string[] options)
    {
        (string, IReadOnlyList<string>)? became = null;
        var run = await CliRun.Of(
            ["up", .. options], "", environment: new() { ["HOME"] = "/home/u" }, become: (program, arguments) => became = (program, arguments));
        Assert.True(became is not null, run.Err);
        return became.Value;
    }
}
