using Microsoft.ML;

namespace Lepton.Sample.Training;

/// <summary>One stage as an ML.NET model file, in an archive or in a checkpoint.</summary>
internal static class StageFile
{
    public static string Name(Phase phase, int index) => $"{(phase == Phase.Trial ? "trial" : "final")}-{index:D4}.zip";

    public static void Write(MLContext ml, ITransformer stage, Stream stream)
    {
        // ML.NET wants to seek; the stream of an archive entry cannot.
        using var memory = new MemoryStream();
        ml.Model.Save(stage, StageRow.View(ml, [], _ => 0).Schema, memory);
        memory.Position = 0;
        memory.CopyTo(stream);
    }

    public static ITransformer Read(MLContext ml, Stream stream)
    {
        using var memory = new MemoryStream();
        stream.CopyTo(memory);
        memory.Position = 0;
        return ml.Model.Load(memory, out _);
    }
}
