using Lepton.Agent;
using Lepton.Agent.Options;

var (options, errors) = AgentOptionsParser.Parse(args);
if (options is null)
{
    foreach (var error in errors) await Console.Error.WriteLineAsync($"error: {error}");
    await Console.Error.WriteLineAsync();
    await Console.Error.WriteLineAsync(AgentOptionsParser.Usage);
    return AgentProcess.BadOptions;
}
return await AgentProcess.Run(options);
