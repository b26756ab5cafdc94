using Lepton.Regions;
using Lepton.Silo;

using var signals = new StopSignals();
return await new SiloCommand(Console.Out, Console.Error, signals.Asked).Run(args);
