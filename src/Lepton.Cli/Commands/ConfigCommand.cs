using System.CommandLine;
using Lepton.Cli.Output;
using Lepton.Cli.Settings;

namespace Lepton.Cli.Commands;

/// <summary><c>lepton config</c>: what this user has set, where each value comes from, and contexts to change between servers.</summary>
internal static class ConfigCommand
{
    public static Command Create(Runner runner)
    {
        var command = new Command("config", "Show and change the settings of this user: server and output, by context.");
        command.Subcommands.Add(List(runner));
        command.Subcommands.Add(Get(runner));
        command.Subcommands.Add(Set(runner));
        command.Subcommands.Add(Unset(runner));
        command.Subcommands.Add(UseContext(runner));
        command.Subcommands.Add(Contexts(runner));
        return command;
    }

    private static Command List(Runner runner)
    {
        var command = new Command("list", "Show the settings that hold, and where each comes from.");
        runner.Bind(command, (parsed, context) =>
        {
            Show(context, All(runner.Globals, parsed, context));
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static Command Get(Runner runner)
    {
        var key = Key();
        var command = new Command("get", "Write the value of one setting.") { key };
        runner.Bind(command, (parsed, context) =>
        {
            var name = parsed.GetRequiredValue(key);
            if (name != "context") CliSettings.Key(name);
            context.Print.Line(All(runner.Globals, parsed, context).Single(e => e.Key == name).Value);
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static Command Set(Runner runner)
    {
        var key = Key();
        var value = new Argument<string>("value") { Description = "An address, or an output format.", HelpName = "VALUE" };
        var command = new Command("set", "Set a value in the current context, or in the one that --context names (a new one is made).") { key, value };
        runner.Bind(command, (parsed, context) =>
        {
            var name = parsed.GetRequiredValue(key);
            var text = CliSettings.Checked(name, parsed.GetRequiredValue(value));
            Change(runner.Globals, parsed, context, old => old.With(name, text));
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static Command Unset(Runner runner)
    {
        var key = Key();
        var command = new Command("unset", "Forget a value of a context.") { key };
        runner.Bind(command, (parsed, context) =>
        {
            var name = CliSettings.Key(parsed.GetRequiredValue(key));
            Change(runner.Globals, parsed, context, old => old.With(name, null));
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static Command UseContext(Runner runner)
    {
        var name = new Argument<string>("name") { Description = "A context; lepton config contexts lists them.", HelpName = "NAME" };
        var command = new Command("use-context", "Make a context the current one.") { name };
        runner.Bind(command, (parsed, context) =>
        {
            var settings = CliSettings.Load(context.Terminal.Environment);
            var wanted = parsed.GetRequiredValue(name);
            if (!settings.Contexts.ContainsKey(wanted))
            {
                var known = settings.Contexts.Count > 0 ? $"Known: {string.Join(", ", settings.Contexts.Keys)}." : "";
                throw new UsageException(
                    $"There is no context '{wanted}'. {known}".TrimEnd(), $"Maybe make it: lepton config set server {ServerAddress.Default} --context {wanted}.");
            }

            (settings with { Current = wanted }).Save();
            context.Print.Note($"the current context is {wanted} now");
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static Command Contexts(Runner runner)
    {
        var command = new Command("contexts", "List the contexts; the current one has a star.");
        runner.Bind(command, (_, context) =>
        {
            var settings = CliSettings.Load(context.Terminal.Environment);
            if (settings.Contexts.Count == 0) context.Print.Note("no contexts; make one: lepton config set server URL --context NAME");
            var shown = settings.Contexts.OrderBy(c => c.Key, StringComparer.Ordinal)
                .Select(c => new ContextLine(c.Key, c.Key == settings.Current, c.Value.Server, c.Value.Output)).ToArray();
            context.Print.Data(shown, CliJson.Default.ContextLineArray, all => all.Select(c => c.Name), all =>
            {
                var grid = new Grid("CONTEXT", "SERVER", "OUTPUT");
                foreach (var c in all) grid.Add(c.Current ? $"{c.Name} *" : c.Name, c.Server, c.Output);
                if (all.Length > 0) context.Print.Table(grid);
            });
            return Task.FromResult(ExitCodes.Done);
        });
        return command;
    }

    private static Argument<string> Key() => new("key") { Description = "server or output.", HelpName = "KEY" };

    private static Effective[] All(GlobalOptions globals, ParseResult parsed, CommandContext context)
    {
        var settings = CliSettings.Load(context.Terminal.Environment);
        var chosen = Effective.Context(parsed, globals, context.Terminal.Environment, settings);
        var of = settings.Of(chosen.Value);
        return
        [
            chosen,
            Effective.Server(parsed, globals, context.Terminal.Environment, () => of, settings.File),
            Effective.Output(parsed, globals, () => of, settings.File),
        ];
    }

    private static void Show(CommandContext context, Effective[] all) => context.Print.Data(
        [.. all.Select(e => new SettingLine(e.Key, e.Value, e.Source))], CliJson.Default.SettingLineArray, lines => lines.Select(l => l.Key), lines =>
        {
            var grid = new Grid("SETTING", "VALUE", "FROM");
            foreach (var line in lines) grid.Add(line.Key, line.Value, line.From);
            context.Print.Table(grid);
        });

    private static void Change(GlobalOptions globals, ParseResult parsed, CommandContext context, Func<ContextSettings, ContextSettings> change)
    {
        var settings = CliSettings.Load(context.Terminal.Environment);
        var name = CliSettings.Named(parsed.GetValue(globals.Context) ?? settings.Current);
        settings.With(name, change(settings.Of(name))).Save();
        context.Print.Note($"{settings.File}: context {name}{(name == settings.Current ? "" : $" (current is {settings.Current})")}");
    }
}
