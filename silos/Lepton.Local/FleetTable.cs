using System.Globalization;
using Lepton.Local.Agents;
using Lepton.Local.Regions;
using Spectre.Console;

namespace Lepton.Local;

/// <summary>Where everything of the fleet is reached: a line for each region.</summary>
public static class FleetTable
{
    public static Table Of(IReadOnlyList<RegionPlan> plans, IReadOnlyList<AgentProcess> agents, string devices)
    {
        var table = new Table().Border(TableBorder.None);
        foreach (var column in new[] { " REGION", "API", "SILO", "GATEWAY", "NODES", "AGENTS (PID)", "DEVICES OF EACH", "LOGS OF AGENTS" }) table.AddColumn(new TableColumn(column).NoWrap());
        foreach (var plan in plans)
        {
            var pids = agents.Where(a => a.Plan.Region == plan).Select(a => string.Create(CultureInfo.InvariantCulture, $"{a.Plan.Name} {a.Pid}"));
            table.AddRow(
                Markup.Escape($" {plan.Region}"), $"{plan.Http}api/v1", $"{plan.SiloPort}", $"{plan.GatewayPort}", $"{plan.Nodes}",
                Markup.Escape(string.Join(", ", pids)), Markup.Escape(devices), Markup.Escape(Path.Combine(plan.Folder, "agent-*", "agent.log")));
        }

        return table;
    }
}
