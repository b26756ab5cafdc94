using System.CommandLine;
using System.Reflection;
using Lepton.Client.Wire;

namespace Lepton.Cli.Commands;

/// <summary><c>lepton version</c>: of this program and of the server.</summary>
internal static class VersionCommand
{
    public static Command Create(Runner runner)
    {
        var client = new Option<bool>("--client") { Description = "Of this program only; no server is asked." };
        var command = new Command("version", "Show the versions of this program and of the server.") { client };
        runner.Bind(command, async (parsed, context) =>
        {
            var own = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
            if (parsed.GetValue(client))
            {
                context.Print.Line(own);
                return ExitCodes.Done;
            }

            if (context.Print.ForPeople) context.Print.Line($"client  {own}");
            var server = await context.Lepton.GetVersionAsync(context.Cancel);
            context.Print.Data(server, LeptonJson.Default.ServerVersion, v => [v.Version], v => context.Print.Line($"server  {v.Version}  api {v.Api}  region {v.Region}  {v.Runtime}"));
            return ExitCodes.Done;
        });
        return command;
    }
}
