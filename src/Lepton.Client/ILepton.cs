namespace Lepton.Client;

/// <summary>
/// Lepton's one surface: the same over HTTP and inside a silo. Every method throws <see cref="LeptonException"/> with a code, what is
/// wrong and what to do; ids may be any unambiguous prefix of a job or task id, with or without the region.
/// </summary>
public interface ILepton : ILeptonJobs, ILeptonTasks, ILeptonFleet;
