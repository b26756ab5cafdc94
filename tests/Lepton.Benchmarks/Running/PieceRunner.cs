using Lepton.Scheduling.Annealing;

namespace Lepton.Benchmarks.Running;

/// <summary>Runs the pieces of a round on threads. Which thread runs which piece does not matter to the result.</summary>
internal static class PieceRunner
{
    public static void Run(IReadOnlyList<IPiece> pieces, int threads, CancellationToken cancel)
    {
        if (threads == 1 || pieces.Count == 1)
        {
            foreach (var piece in pieces) piece.Run(cancel);
            return;
        }

        Parallel.ForEach(pieces, new ParallelOptions { MaxDegreeOfParallelism = threads }, piece => piece.Run(cancel));
    }
}
