using System.Globalization;
using Lepton.Agent.Tests.Kit;
using Lepton.Model;
using Lepton.Tests.Shared;

namespace Lepton.Agent.Tests.Disks;

/// <summary>The disk of the agent's machine is full, read-only or holds rubbish. Needs the file systems that <c>infra/test.sh</c> mounts.</summary>
public sealed class FullDiskTests
{
    [Fact]
    public async Task A_full_disk_fails_attempts_with_its_reason_ends_none_that_runs_and_is_over_when_there_is_room()
    {
        var root = Environment.GetEnvironmentVariable("LEPTON_SMALL_DISK");
        var readOnly = Environment.GetEnvironmentVariable("LEPTON_READONLY_DISK");
        Assert.SkipWhen(root is null || readOnly is null, "LEPTON_SMALL_DISK and LEPTON_READONLY_DISK name no file systems. Maybe run infra/test.sh as a user who may mount.");
        await using var bench = new Bench(below: root);
        var go = Path.Combine(Path.GetTempPath(), $"lepton-go-{Environment.ProcessId}");
        var running = bench.Assignment(["sh", "-c", $"echo begun; while [ ! -e {go} ]; do sleep 0.05; done; exit 5"]);
        bench.Deadline.Renew(bench.Clock.GetUtcNow() + TimeSpan.FromMinutes(5));
        bench.Host.Start(running);
        await bench.Reports.HasStarted(running.Attempt);
        await Within.Line(bench.InTask(running.Attempt, "pid"));
        var filler = Path.Combine(root, "filler");
        try
        {
            Assert.ThrowsAny<IOException>(() => Fill(filler));
            var refused = await bench.Run(bench.Assignment(["true"]));

            Assert.Equal(AttemptEndCause.Internal, refused.Cause);
            Assert.StartsWith("The disk of this machine is full", refused.Message, StringComparison.Ordinal);
            // The lease goes on being renewed, and the shim sees it.
            var before = File.ReadAllText(bench.Deadline.Path);
            bench.Deadline.Renew(bench.Clock.GetUtcNow() + TimeSpan.FromMinutes(7));
            Assert.NotEqual(before, File.ReadAllText(bench.Deadline.Path));
            // An agent that starts now finds what runs.
            Assert.True(Incarnation.Next(bench.Folder) > 0);
            File.WriteAllText(go, "");
            var end = await bench.Reports.HasEnded(running.Attempt);
            Assert.Equal((AttemptEndCause.ExitNonZero, 5), (end.Cause, end.ExitCode));

            File.Delete(filler);
            Assert.Equal(AttemptEndCause.Completed, (await bench.Run(bench.Assignment(["true"]))).Cause);
            DocSection.IsTrue("infra/docs/bad-days.md", "agent", Rows(refused.Message.Replace(bench.Folder, "/var/lib/lepton-agent", StringComparison.Ordinal), ReadOnly(readOnly)));
        }
        finally
        {
            File.Delete(filler);
            File.Delete(go);
        }
    }

    [Fact]
    public async Task Rubbish_in_the_state_folder_stops_no_agent()
    {
        await using var bench = new Bench();
        File.WriteAllText(Path.Combine(bench.Folder, "incarnation"), "\0\0\0\0");
        Assert.True(Incarnation.Next(bench.Folder) > 0);
        foreach (var (name, text) in new[] { ("a", "{\"Attempt\":"), ("b", "\0\0\0"), ("c", "") })
        {
            var folder = Directory.CreateDirectory(Path.Combine(bench.Folder, "attempts", name)).FullName;
            File.WriteAllText(Path.Combine(folder, "assignment.json"), text);
            File.WriteAllText(Path.Combine(folder, "end.json"), text);
            File.WriteAllText(Path.Combine(folder, "pid"), text);
        }

        await bench.Host.Recover((_, _, _) => Assert.Fail("Rubbish was adopted."));

        Assert.Empty(Directory.GetDirectories(Path.Combine(bench.Folder, "attempts")));
        Assert.Equal(AttemptEndCause.Completed, (await bench.Run(bench.Assignment(["true"]))).Cause);
    }

    [Fact]
    public async Task What_a_program_printed_last_steers_no_terminal()
    {
        await using var bench = new Bench();
        var end = await bench.Run(bench.Assignment(["printf", "\\033]0;pwned\\007\\033[2Jbye\\n"]));
        Assert.Equal(AttemptEndCause.Completed, end.Cause);
        var failed = await bench.Run(bench.Assignment(["sh", "-c", "printf '\\033]0;pwned\\007\\033[2Jbye\\n'; exit 1"]));
        Assert.DoesNotContain(failed.Message, char.IsControl);
        Assert.EndsWith("bye", failed.Message, StringComparison.Ordinal);
    }

    private static string ReadOnly(string disk)
    {
        var failure = Assert.ThrowsAny<IOException>(() => WholeFile.Write(Path.Combine(disk, "lock"), "x"));
        var message = DiskTrouble.Explained(failure, disk);
        Assert.StartsWith("The disk of this machine is read-only", message, StringComparison.Ordinal);
        return message.Replace(disk, "/var/lib/lepton-agent", StringComparison.Ordinal);
    }

    private static IEnumerable<string> Rows(string full, string readOnly) =>
    [
        "| the day | what it says | what happens |",
        "|---|---|---|",
        DocSection.Row("full disk, a task begins", DocSection.Code(System.Text.RegularExpressions.Regex.Replace(full, "attempts/[^/']*", "attempts/...")), "the attempt fails, the agent lives on, and the next attempt works when there is room"),
        DocSection.Row("full disk, a task runs", "nothing", "it runs to its end: its lease is renewed and its exit code recorded in room that was set aside; of its log what the program could write arrives"),
        DocSection.Row("read-only state folder", DocSection.Code("The agent of us-east/n01 cannot run: " + readOnly), "the agent leaves with exit code 1; whoever keeps it starts it again"),
        DocSection.Row("rubbish in the state folder", "nothing", "what cannot be read is removed; attempts that can be read are adopted"),
    ];

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        var block = new byte[512];
        while (true) file.Write(block);
    }
}
