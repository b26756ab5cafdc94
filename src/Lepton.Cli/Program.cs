using Lepton.Cli;

using var interrupt = Interrupt.Listen();
using var terminal = Terminal.OfProcess();
return await LeptonCommand.Run(args, terminal, TimeProvider.System, interrupt.Token);
