using System.Text;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.Placement.Neighbours;

/// <summary>
/// Which tasks are counted: those of a job or of one of its groups, those with labels, or those that keep such tasks away from themselves. Labels reach
/// no further than the tenant.
/// </summary>
internal sealed record Crowd(TenantId Tenant, JobId? Job, string? Group, NearRule? Rule, bool Carries)
{
    public static Crowd OfGroup(Resident who) => new(who.Tenant, who.Job, who.Template.Group, null, false);

    /// <summary>The tasks that a rule of this task is about.</summary>
    public static Crowd OfRule(Resident who, NearRule rule) => new(who.Tenant, rule.Tasks is null ? who.Job : null, null, rule, false);

    /// <summary>The tasks that have the same rule.</summary>
    public static Crowd OfCarriers(Resident who, NearRule rule) => OfRule(who, rule) with { Carries = true };

    /// <summary>Where to look for it: all tasks it is about have this word among <see cref="Words"/>.</summary>
    public string Word => Job is { } job ? job.ToString() : Pair(Tenant, Rule!.Tasks!.First());

    /// <summary>Words by which a task finds what may be about it.</summary>
    public static IEnumerable<string> Words(Resident who) => who.Template.Labels.Select(l => Pair(who.Tenant, l)).Prepend(who.Job.ToString());

    /// <summary>Words by which a task finds those that have the same rules.</summary>
    public static IEnumerable<string> WordsCarried(Resident who)
    {
        foreach (var rule in who.Template.AntiAffinity.OrEmpty())
        {
            if (!rule.Preferred) yield return OfCarriers(who, rule).Word;
        }
    }

    /// <summary>The tasks that it is about.</summary>
    public bool IsAbout(Resident who)
    {
        if (Job is { } job) return who.Job == job && (Group is null || Group == who.Template.Group);
        if (who.Tenant != Tenant) return false;
        foreach (var (name, value) in Rule!.Tasks!)
        {
            if (!who.Template.Labels.TryGetValue(name, out var has) || has != value) return false;
        }

        return true;
    }

    /// <summary>The tasks that are counted: those, or those that have the rule.</summary>
    public bool Counts(Resident who)
    {
        if (!Carries) return IsAbout(who);
        if (Job is { } job && who.Job != job) return false;
        if (who.Tenant != Tenant || who.Template.AntiAffinity.IsDefault) return false;
        foreach (var rule in who.Template.AntiAffinity)
        {
            if (rule.Equals(Rule)) return true;
        }

        return false;
    }

    public string KeyAt(DomainLevel level)
    {
        var key = new StringBuilder().Append((int)level).Append(Carries ? '!' : '?');
        Add(Tenant.Value);
        if (Job is { } job) Add(job.ToString());
        if (Group is not null) Add(Group);
        if (Rule?.Tasks is { } labels)
        {
            foreach (var (name, value) in labels)
            {
                Add(name);
                Add(value);
            }
        }

        return key.ToString();

        void Add(string text) => key.Append(text.Length).Append(':').Append(text);
    }

    private static string Pair(TenantId tenant, KeyValuePair<string, string> label) => $"{tenant}\n{label.Key}={label.Value}";
}
