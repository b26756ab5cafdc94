namespace Lepton.Hosting;

/// <summary>Finds every error of the queues of a <see cref="RegionConfiguration"/>.</summary>
internal static class QueueErrors
{
    private const int MostQueues = 10_000;
    private const int MostLevels = 8;
    private const decimal Most = 1_000_000_000;

    public static void Find(IReadOnlyList<QueueEntry> queues, RegionConfigurationValidator.Found errors)
    {
        errors.Check(queues.Count <= MostQueues, "queues", queues.Count, $"at most {MostQueues:N0} queues and cohorts");
        var byName = new Dictionary<string, QueueEntry>(StringComparer.Ordinal);
        for (var i = 0; i < queues.Count; i++)
        {
            var (queue, at) = (queues[i], $"queues[{i}]");
            errors.Check(RegionConfigurationValidator.IsName(queue.Name), $"{at}.name", queue.Name, "lower-case letters, digits and '-', at most 40");
            errors.Check(byName.TryAdd(queue.Name ?? "", queue), $"{at}.name", queue.Name, "each queue once");
            errors.Check(queue.Weight is >= 1 and <= 1_000, $"{at}.weight", queue.Weight, "1 to 1,000");
            errors.Check(queue.Reclaim is "any" or "lowerPriority" or "never", $"{at}.reclaim", queue.Reclaim, "any, lowerPriority or never");
            errors.Check(queue.Preempt is "lowerPriority" or "never", $"{at}.preempt", queue.Preempt, "lowerPriority or never");
            Quotas(queue, at, errors);
        }

        for (var i = 0; i < queues.Count; i++) Parent(queues[i], byName, $"queues[{i}].parent", errors);
        var isCohort = queues.Select(q => q.Parent).ToHashSet(StringComparer.Ordinal);
        errors.Check(queues.Count == 0 || queues.Any(q => !isCohort.Contains(q.Name)), "queues", queues.Count, "at least one entry that is nobody's parent: jobs wait in such queues only");
    }

    private static void Parent(QueueEntry queue, Dictionary<string, QueueEntry> byName, string at, RegionConfigurationValidator.Found errors)
    {
        if (queue.Parent is not { } parent) return;
        if (!byName.ContainsKey(parent))
        {
            errors.Check(false, at, parent, $"one of the queues ({string.Join(", ", byName.Keys.Take(10))})");
            return;
        }

        var levels = 1;
        for (var above = queue; above.Parent is { } next && byName.TryGetValue(next, out var cohort) && levels <= MostLevels; above = cohort) levels++;
        errors.Check(levels <= MostLevels, at, parent, $"a cohort above it that is not below it, at most {MostLevels} levels in all");
    }

    private static void Quotas(QueueEntry queue, string at, RegionConfigurationValidator.Found errors)
    {
        for (var i = 0; i < queue.Quotas.Count; i++)
        {
            var (quota, place) = (queue.Quotas[i], $"{at}.quotas[{i}]");
            errors.Check(!string.IsNullOrWhiteSpace(quota.Kind), $"{place}.kind", quota.Kind, "cpu, memory, a device kind such as gpu, or a device model");
            errors.Check(queue.Quotas.Take(i).All(q => !string.Equals(q.Kind, quota.Kind, StringComparison.OrdinalIgnoreCase)), $"{place}.kind", quota.Kind, "each kind once");
            errors.Check(quota.Nominal is >= 0 and <= Most, $"{place}.nominal", quota.Nominal, "0 to 1,000,000,000");
            errors.Check(quota.BorrowLimit is null or (>= 0 and <= Most), $"{place}.borrowLimit", quota.BorrowLimit, "0 to 1,000,000,000");
            errors.Check(quota.LendLimit is null or (>= 0 and <= Most), $"{place}.lendLimit", quota.LendLimit, "0 to 1,000,000,000");
            errors.Check(queue.Parent is not null || quota.BorrowLimit is null, $"{place}.borrowLimit", quota.BorrowLimit, "none, or a parent: without a cohort there is nobody to borrow from");
            errors.Check(queue.Parent is not null || quota.LendLimit is null, $"{place}.lendLimit", quota.LendLimit, "none, or a parent: without a cohort there is nobody to lend to");
        }
    }
}
