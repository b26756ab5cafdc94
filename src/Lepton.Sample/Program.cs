using Lepton.Sample.Commands;

return CommandLine.Run(args, Console.Out, Console.Error);
