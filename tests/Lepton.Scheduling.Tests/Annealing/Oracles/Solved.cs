using Google.OrTools.Sat;

namespace Lepton.Scheduling.Tests.Annealing.Oracles;

/// <summary>Runs CP-SAT to a proof, on one thread and with a fixed seed.</summary>
internal static class Solved
{
    public static double Value(CpModel model)
    {
        var solver = new CpSolver { StringParameters = "num_search_workers:1,random_seed:1,max_time_in_seconds:120" };
        Assert.Equal(CpSolverStatus.Optimal, solver.Solve(model));
        return solver.ObjectiveValue;
    }
}
