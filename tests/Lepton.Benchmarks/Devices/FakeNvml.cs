using System.ComponentModel;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Lepton.Benchmarks.Devices;

/// <summary>The fake driver library of the tests, built by the system compiler, with some GPUs of its default kind.</summary>
internal sealed partial class FakeNvml : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("lepton-bench-nvml-").FullName;

    private FakeNvml(string library, int gpus)
    {
        Library = library;
        var config = Path.Combine(_folder, "devices.ini");
        File.WriteAllText(config, string.Concat(Enumerable.Range(0, gpus).Select(i => $"[gpu{i}]\nuuid = GPU-{i}\n")));
        File.WriteAllText(Control, "");
        // The library reads the environment of the C library, of which .NET keeps a copy of its own.
        _ = SetEnv("FAKE_NVML_CONFIG", config, 1);
        _ = SetEnv("FAKE_NVML_CONTROL", Control, 1);
    }

    public string Library { get; }

    private string Control => Path.Combine(_folder, "control");

    /// <summary>Builds the library; null and a line on the error stream when that cannot be done here.</summary>
    public static string? Build()
    {
        var root = AppContext.BaseDirectory;
        while (!File.Exists(Path.Combine(root, "Lepton.Orleans.sln")))
        {
            if (Path.GetDirectoryName(root) is not { } above)
            {
                Console.Error.WriteLine("The fake driver is built from the repository: no Lepton.Orleans.sln stands above this program. Maybe run it from a checkout.");
                return null;
            }

            root = above;
        }

        var target = Path.Combine(AppContext.BaseDirectory, "fakes", "libnvidia-ml.so.1");
        Directory.CreateDirectory(Path.GetDirectoryName(target)!);
        string[] arguments = ["-std=c11", "-O2", "-shared", "-fPIC", "-fvisibility=hidden", "-pthread", "-o", target, Path.Combine(root, "tests", "fakes", "nvml", "fake_nvml.c")];
        try
        {
            using var compiler = Process.Start("cc", arguments);
            compiler.WaitForExit();
            return compiler.ExitCode == 0 ? target : null;
        }
        catch (Win32Exception)
        {
            Console.Error.WriteLine("There is no C compiler 'cc' on this machine: the fake driver cannot be built. Maybe install gcc.");
            return null;
        }
    }

    public static FakeNvml With(string library, int gpus) => new(library, gpus);

    public void Order(string line) => File.AppendAllText(Control, line + "\n");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnv(string name, string value, int overwrite);
}
