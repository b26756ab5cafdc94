using Lepton.Cuda.Contexts;

if (args is [ContextChild.Verb, var library]) return ContextChild.Run(library, Console.Out);
await Console.Error.WriteLineAsync($"usage: Lepton.Cuda {ContextChild.Verb} <path of libcuda.so.1>   (opens a context on the one visible device and closes it)");
return 2;
