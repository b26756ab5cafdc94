using System.Collections.Immutable;
using Lepton.Scheduling.Annealing.Placing;

namespace Lepton.Benchmarks.Roadef;

/// <summary>Reads models and assignments in the challenge's format: whole numbers between white space, plain or gzip.</summary>
internal static class RoadefReader
{
    private static readonly string[] Endings = [".txt.gz", ".txt"];

    /// <exception cref="UsageException">The folder has no instances.</exception>
    public static IReadOnlyList<string> Names(string folder)
    {
        if (!Directory.Exists(folder)) throw new UsageException($"There is no folder {folder}. Maybe --data names another one.");
        string[] names =
        [
            .. Directory.EnumerateFiles(folder, "model_*.txt*")
                .Where(f => Endings.Any(e => f.EndsWith(e, StringComparison.Ordinal)))
                .Select(f => Path.GetFileName(f)["model_".Length..].Split('.')[0])
                .Distinct()
                .OrderBy(n => n[..(n.IndexOf('_', StringComparison.Ordinal) + 1)], StringComparer.Ordinal)
                .ThenBy(n => n.Length)
                .ThenBy(n => n, StringComparer.Ordinal),
        ];
        return names.Length > 0
            ? names
            : throw new UsageException($"{folder} has no instances: no file model_NAME.txt or model_NAME.txt.gz. Maybe --data names another folder.");
    }

    /// <summary>Checks that the instance is there, without reading it.</summary>
    public static void Look(string folder, string name)
    {
        _ = Find(folder, "model_", name);
        _ = Find(folder, "assignment_", name);
    }

    public static RoadefInstance Read(string folder, string name)
    {
        var (modelPath, assignmentPath) = (Find(folder, "model_", name), Find(folder, "assignment_", name));
        using var file = new NumberFile(modelPath);
        var parts = RoadefModelReader.Read(file);
        var initial = Assignment(assignmentPath, parts.Processes.Length, parts.Machines);
        var instance = new RoadefInstance(name, parts.Model(initial), initial, ReferenceTable.Of(folder, name));
        return PlacementAudit.Violation(instance.Model, initial) is { } violation
            ? throw new InvalidDataException($"{assignmentPath}: the assignment breaks a rule of {modelPath}: {violation}. Maybe the two files belong to different instances.")
            : instance;
    }

    /// <summary>The machine of every process, from a file in the challenge's format.</summary>
    public static int[] Assignment(string path, int processes, int machines)
    {
        if (!File.Exists(path)) throw new UsageException($"There is no file {path}.");
        using var file = new NumberFile(path);
        var assignment = new int[processes];
        for (var p = 0; p < processes; p++)
        {
            var process = p;
            assignment[p] = file.Int(() => $"the machine of process {process} of {processes}", 0, machines - 1);
        }

        file.End($"the machine of process {processes - 1}");
        return assignment;
    }

    private static string Find(string folder, string kind, string name) =>
        Endings.Select(e => Path.Combine(folder, kind + name + e)).FirstOrDefault(File.Exists)
        ?? throw new UsageException($"No {kind}{name}.txt or {kind}{name}.txt.gz in {folder}. Maybe one of {string.Join(", ", Names(folder))}.");
}
