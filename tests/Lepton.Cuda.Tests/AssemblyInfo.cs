// One process speaks with one driver library, and the fake is configured by the process's environment: one test at a time.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
