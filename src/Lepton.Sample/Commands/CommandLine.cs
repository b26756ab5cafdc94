using Lepton.Sample.Running;

namespace Lepton.Sample.Commands;

/// <summary>Chooses the command and turns what happens into an exit code.</summary>
internal static class CommandLine
{
    public const int Succeeded = 0;
    public const int Failed = 1;
    public const int BadUsage = 2;

    public const string Usage = """
        usage: Lepton.Sample <command> [options]
          train --input <shard.csv.gz> --trees <n> --leaves <n> --rate <r> [--out model.zip] [--seed <n>]
          pick  --models <folder or model.zip> ... [--out <folder>]
          deal  --input <pod list.csv.gz> --out <folder>
        """;

    public static int Run(string[] args, TextWriter output, TextWriter error)
    {
        try
        {
            var task = TaskEnvironment.Read(Environment.GetEnvironmentVariable);
            var rest = args.Length == 0 ? [] : args[1..];
            switch (args.FirstOrDefault())
            {
                case "train": TrainCommand.Run(rest, task, output); return Succeeded;
                case "pick": PickCommand.Run(rest, task, output); return Succeeded;
                case "deal": DealCommand.Run(rest, output); return Succeeded;
                case "help" or "--help" or "-h": output.WriteLine(Usage); return Succeeded;
                case null: throw new UsageException("No command was given. Maybe 'train', 'pick' or 'deal'.");
                case var other: throw new UsageException($"There is no command '{other}'. Maybe 'train', 'pick' or 'deal'.");
            }
        }
        catch (UsageException refusal)
        {
            error.WriteLine($"error: {refusal.Message}");
            error.WriteLine(Usage);
            return BadUsage;
        }
        catch (Exception failure) when (failure is IOException or InvalidDataException or UnauthorizedAccessException)
        {
            error.WriteLine($"error: {failure.Message}");
            return Failed;
        }
    }
}
