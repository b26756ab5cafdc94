using System.Diagnostics;
using System.Formats.Tar;
using Xunit;

namespace Lepton.Tests.Shared;

/// <summary>A small image of a static busybox of this machine, in a real Podman; where none can run a container, the test is skipped and says why.</summary>
internal static class PodmanImage
{
    public const string Name = "localhost/lepton-test-busybox:1";

    public static async Task<(string Program, bool HasInit)> MadeOrSkip(string folder)
    {
        var cancel = TestContext.Current.CancellationToken;
        var program = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Select(f => Path.Combine(f, "podman")).FirstOrDefault(File.Exists);
        Assert.SkipWhen(program is null, "No podman is on this machine.");
        var busybox = new[] { "/usr/bin/busybox", "/bin/busybox" }.FirstOrDefault(File.Exists);
        Assert.SkipWhen(busybox is null, "No busybox is on this machine to make an image of.");
        var tar = Path.Combine(folder, "image.tar");
        await using (var writer = new TarWriter(File.Create(tar)))
        {
            await writer.WriteEntryAsync(busybox, "bin/busybox", cancel);
            foreach (var name in new[] { "sh", "ls", "sleep", "echo", "true", "dd" })
                await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.SymbolicLink, "bin/" + name) { LinkName = "busybox" }, cancel);
            foreach (var name in new[] { "proc", "dev", "etc", "tmp", "only-in-the-image" })
                await writer.WriteEntryAsync(new PaxTarEntry(TarEntryType.Directory, name), cancel);
        }

        var imported = await Complaint(program, ["import", tar, Name], cancel);
        Assert.SkipWhen(imported is not null, $"podman cannot import an image here: {imported}");
        var tried = await Complaint(program, ["run", "--rm", "--network", "host", "--memory", "67108864b", "--cpus", "0.5", Name, "/bin/true"], cancel);
        Assert.SkipWhen(tried is not null, $"podman cannot run a container here: {tried}");
        return (program, new[] { "/usr/libexec/podman/catatonit", "/usr/bin/catatonit" }.Any(File.Exists));
    }

    /// <summary>Null: it went well. Else the last line that was said.</summary>
    private static async Task<string?> Complaint(string program, string[] arguments, CancellationToken cancel)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        process.StandardInput.Close();
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(60));
        try
        {
            var (output, error) = (process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token));
            await process.WaitForExitAsync(limit.Token);
            await output;
            return process.ExitCode == 0 ? null : (await error).Split('\n').LastOrDefault(l => !string.IsNullOrWhiteSpace(l))?.Trim() ?? $"exit code {process.ExitCode}";
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            process.Kill(entireProcessTree: true);
            return "no answer for 60 s";
        }
    }
}
