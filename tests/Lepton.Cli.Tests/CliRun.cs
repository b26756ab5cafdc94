using System.Text;
using Lepton.Cli.Doctor;
using Lepton.Fakes;

namespace Lepton.Cli.Tests;

/// <summary>One call of the program, as a shell makes it: arguments in, exit code, stdout and stderr out.</summary>
internal sealed record CliRun(int Exit, string Out, string Err)
{
    public string[] Lines => Out.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static Task<CliRun> Of(ApiServer server, params string[] args) => Of([.. args, "--server", server.Address.ToString()]);

    public static Task<CliRun> Of(params string[] args) => Of(args, "");

    public static async Task<CliRun> Of(
        string[] args,
        string input,
        bool isTerminal = false,
        int width = 120,
        Dictionary<string, string>? environment = null,
        TimeProvider? time = null,
        IMachine? machine = null,
        Action<string, IReadOnlyList<string>>? become = null,
        CancellationToken interrupted = default)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        int exit;
        using (var terminal = new Terminal(
            new MemoryStream(Encoding.UTF8.GetBytes(input)), output, error, isTerminal, width, name => environment?.GetValueOrDefault(name)))
        {
            exit = await LeptonCommand.Run(args, terminal, time ?? TimeProvider.System, interrupted, machine, become);
        }

        return new CliRun(exit, Encoding.UTF8.GetString(output.ToArray()), Encoding.UTF8.GetString(error.ToArray()));
    }

    /// <summary>A spec file that lives as long as the test.</summary>
    public static SpecOnDisk Spec(string yaml, string name = "train.yaml") => new(yaml, name);
}

/// <summary>A file in a folder of its own, removed at the end.</summary>
internal sealed class SpecOnDisk : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("lepton-cli-");

    public SpecOnDisk(string text, string name)
    {
        Path = System.IO.Path.Combine(_folder.FullName, name);
        File.WriteAllText(Path, text);
    }

    public string Path { get; }

    public string Folder => _folder.FullName;

    public void Dispose() => _folder.Delete(recursive: true);
}
