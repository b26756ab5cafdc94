using System.ComponentModel;
using System.Diagnostics;

namespace Lepton.Cuda.Tests.Fakes;

/// <summary>The fake driver libraries, built once by the system compiler; where there is none, tests are skipped and say so.</summary>
internal static class FakeLibraries
{
    private static readonly Lazy<(string Folder, string? Missing)> Built = new(Build);

    public static string Nvml => Need("libnvidia-ml.so.1");

    public static string Cuda => Need("libcuda.so.1");

    private static string Need(string name)
    {
        Assert.SkipWhen(Built.Value.Missing is not null, Built.Value.Missing ?? "");
        return Path.Combine(Built.Value.Folder, name);
    }

    private static (string, string?) Build()
    {
        var folder = Directory.CreateDirectory(Path.Combine(AppContext.BaseDirectory, "fakes")).FullName;
        return (folder, Compile("fake_nvml.c", Path.Combine(folder, "libnvidia-ml.so.1")) ?? Compile("fake_cuda.c", Path.Combine(folder, "libcuda.so.1")));
    }

    /// <summary>Null: built. A compiler that is there and fails is a failure of the test, not a reason to skip.</summary>
    private static string? Compile(string source, string target)
    {
        var file = Path.Combine(Root(AppContext.BaseDirectory), "tests", "fakes", "nvml", source);
        string[] arguments = ["-std=c11", "-O2", "-shared", "-fPIC", "-fvisibility=hidden", "-pthread", "-o", target + ".new", file];
        try
        {
            using var compiler = Process.Start(new ProcessStartInfo("cc", arguments) { RedirectStandardError = true })!;
            var errors = compiler.StandardError.ReadToEnd();
            compiler.WaitForExit();
            Assert.True(compiler.ExitCode == 0, $"cc does not build {source}: {errors}");
        }
        catch (Win32Exception)
        {
            return "No C compiler 'cc' on this machine: the fake driver library cannot be built.";
        }
        File.Move(target + ".new", target, overwrite: true);
        return null;
    }

    private static string Root(string folder) =>
        File.Exists(Path.Combine(folder, "Lepton.Orleans.sln"))
            ? folder
            : Root(Path.GetDirectoryName(folder) ?? throw new DirectoryNotFoundException("Lepton.Orleans.sln stands in no folder above the tests."));
}
