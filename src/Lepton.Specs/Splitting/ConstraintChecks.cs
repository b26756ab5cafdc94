using System.Globalization;
using Lepton.Model;

namespace Lepton.Specs;

/// <summary>What the fields of placement must say together, and the values of constraints for the attribute that they are compared with.</summary>
internal static class ConstraintChecks
{
    public static void Check(PlannedTask task, bool inherits, SplitScope scope)
    {
        if (task.Work.Placement is { Ordered: true, Regions: not { Count: > 0 } })
        {
            DeviceChecks.Report(task, inherits, scope, p => p.Field("placement").Field("ordered"), "says that the order of regions counts, but none are listed.", "Maybe add regions, best first.");
        }

        var constraints = task.Work.Placement?.Constraints ?? [];
        for (var i = 0; i < constraints.Count; i++)
        {
            var (at, constraint) = (i, constraints[i]);
            if (Problem(constraint) is var (message, hint))
            {
                DeviceChecks.Report(task, inherits, scope, p => p.Field("placement").Field("constraints").Item(at).Field("value"), message, hint);
            }
            else if (constraint.Attribute == "driver" && task.Work.Resources?.Accelerators is null)
            {
                DeviceChecks.Report(task, inherits, scope, p => p.Field("placement").Field("constraints").Item(at), "says something of the driver of devices, but none are asked for.", "Maybe add accelerators: GPU:1.");
            }
        }
    }

    private static (string Message, string Hint)? Problem(ConstraintDocument constraint)
    {
        var values = NodeRulesOf.Values(constraint);
        var isList = constraint.Operator is ConstraintOperator.In or ConstraintOperator.NotIn;
        if (isList && values.Contains("")) return ("holds an empty value.", "Maybe \"a, b\".");
        if (!isList && constraint.Value.Length == 0 && constraint.Operator is not (ConstraintOperator.Equal or ConstraintOperator.NotEqual)) return ("is empty; nothing is more or less than that.", "Maybe \"1.9\".");
        return constraint.Attribute switch
        {
            "driver" when !values.All(DottedVersion.IsValid) => ("is not a driver version.", "Maybe \"570\", or \"570.86.15\"."),
            "agentVersion" when !values.All(DottedVersion.IsValid) => ("is not a version of the agent.", "Maybe \"1.10\"."),
            "cpus" or "memoryGiB" when !values.All(IsNumber) => ("is not a number.", "Maybe \"8\", or \"0.5\"."),
            _ => null,
        };
    }

    private static bool IsNumber(string text) => decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _);
}
