using Lepton.Cli.Doctor;
using Lepton.Cuda;
using Lepton.Linux;

namespace Lepton.Cli.Tests.Doctor;

/// <summary>A healthy machine, until a test takes something away.</summary>
internal sealed class FakeMachine : IMachine
{
    public Dictionary<string, string> Files { get; } = new()
    {
        ["/sys/fs/cgroup/cgroup.controllers"] = "cpu memory pids\n",
        ["/proc/self/limits"] = Limits("65536", "65536"),
        ["/proc/sys/fs/inotify/max_user_instances"] = "512\n",
    };

    public Dictionary<string, byte[]> Bytes { get; } = [];

    public HashSet<string> Present { get; } = [];

    public Dictionary<string, string?> Programs { get; } = new() { ["dotnet"] = "/usr/bin/dotnet", ["setsid"] = "/usr/bin/setsid", ["sh"] = "/bin/sh" };

    public Dictionary<int, Holder?> Taken { get; } = [];

    public Dictionary<string, Holder> Stores { get; } = [];

    public long? Free { get; set; } = 500L << 30;

    public SyncTimes Times { get; set; } = new(TimeSpan.FromMilliseconds(1.25), TimeSpan.FromMilliseconds(3));

    public DriverLook Look { get; set; } = Without(ProbeFailure.LibraryNotFound);

    public DateTimeOffset Now { get; set; } = Fakes.FakeLepton.Noon;

    public Version Runtime { get; set; } = new(10, 0, 1);

    public static string Limits(string files, string processes) =>
        $"Limit                     Soft Limit           Hard Limit           Units\nMax processes             {processes}                63000                processes\nMax open files            {files}                 1048576              files\n";

    public string? Read(string path) => Files.GetValueOrDefault(path);

    public byte[]? ReadStart(string path, int bytes) => Bytes.GetValueOrDefault(path);

    public bool Exists(string path) => Files.ContainsKey(path) || Bytes.ContainsKey(path) || Present.Contains(path);

    public IReadOnlyList<string> Folders(string path) => [.. Bytes.Keys.Select(Path.GetDirectoryName).Where(f => Path.GetDirectoryName(f) == path).Cast<string>().Distinct()];

    public string? Find(string program) => Programs.GetValueOrDefault(program);

    public long? FreeBytes(string folder) => Free;

    public SyncTimes Sync(string folder) => Times;

    public bool IsFree(int port) => !Taken.ContainsKey(port);

    public Holder? HolderOfPort(int port) => Taken.GetValueOrDefault(port);

    public Holder? HolderOfStore(string path) => Stores.GetValueOrDefault(path);

    public DriverLook Devices(string? library) => Look;

    public static DriverLook Without(ProbeFailure failure) => new(null, [], new ProbeError(failure, null, "somewhere", "Something is wrong."));
}
