using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.StateMachines.Jobs;

namespace Lepton.Scheduling.Placement.Neighbours;

/// <summary>Who runs where, as far as rules about neighbours ask: counts per failure domain that follow each task that comes or goes.</summary>
/// <remarks>
/// Off until the first task with such a rule: a region without them pays one comparison a task. Cost after that: O(1 + censuses that count it) for a task
/// that comes or goes; O(tasks of the job), or O(groups under way) for labels, when a crowd is first asked for; everything is counted anew, O(nodes +
/// tasks under way), when a node says anew what it is. Nothing of it is stored: a new activation counts what it finds under way.
/// </remarks>
internal sealed class Neighbourhood(RegionId self, NodeLedger ledger)
{
    /// <summary>Groups remembered that have nothing under way.</summary>
    private const int KeptIdle = 4096;

    private readonly Domains _domains = new(ledger);
    private readonly GangSite _site = new(ledger);
    private readonly Dictionary<TaskShape, TaskShape> _gangs = [];
    private readonly Dictionary<(JobId Job, string Group), Resident> _residents = [];
    private readonly Dictionary<JobId, List<Resident>> _ofJob = [];
    private readonly Dictionary<TaskId, Resident> _whose = [];
    private readonly Dictionary<string, Census> _censuses = new(StringComparer.Ordinal);
    private readonly Dictionary<string, List<Census>> _byWord = new(StringComparer.Ordinal);

    /// <summary>Rules that tasks under way have about others: a task that comes must keep them too.</summary>
    private readonly Dictionary<string, List<Census>> _carried = new(StringComparer.Ordinal);
    private long _carriedAt;

    public bool IsOn { get; private set; }

    /// <summary>Grows whenever a count has changed.</summary>
    public long Revision { get; private set; }

    public static bool HasRules(TaskTemplate template) => template.Spread is not null || !template.Affinity.IsDefaultOrEmpty || !template.AntiAffinity.IsDefaultOrEmpty;

    /// <summary>From now on tasks are counted; the caller enters those under way.</summary>
    public void Start() => IsOn = true;

    /// <summary>The shape of a task together with what its neighbours mean to it; the same shape when they mean nothing.</summary>
    public TaskShape Of(TaskShape shape, TenantId tenant, JobId job, TaskTemplate template)
    {
        Follow();
        var who = Intern(tenant, job, template);
        if (who.ShapesAt != _carriedAt) who.Shapes.Clear();
        who.ShapesAt = _carriedAt;
        if (who.Shapes.TryGetValue(shape, out var known)) return known;
        var among = Among(shape, who);
        who.Shapes.Add(shape, among);
        return among;
    }

    /// <summary>The same if the group asked for something else: the rules of its job that tasks under way still carry would be others, too, and do not count.</summary>
    public TaskShape AsIf(TaskShape shape, TenantId tenant, JobId job, TaskTemplate template)
    {
        Follow();
        return Among(shape, new Resident(tenant, job, template), isOther: true);
    }

    private TaskShape Among(TaskShape shape, Resident who, bool isOther = false)
    {
        var (musts, wishes) = Terms(who, isOther);
        var site = who.Template.IsGang && !musts.Concat(wishes).Any(StandsApart) ? _site : null;
        return musts.IsEmpty && wishes.IsEmpty && site is null ? shape : shape.Among(new NeighbourRules(this, ledger, musts, wishes, site));
    }

    /// <summary>The same for a gang without rules, which nobody counts; the same shape where no node says where it stands.</summary>
    public TaskShape OfGang(TaskShape shape)
    {
        Follow();
        if (!_domains.AreKnown) return shape;
        if (_gangs.TryGetValue(shape, out var known)) return known;
        if (_gangs.Count >= KeptIdle) _gangs.Clear();
        var together = shape.Among(new NeighbourRules(this, ledger, [], [], _site));
        _gangs.Add(shape, together);
        return together;
    }

    /// <summary>Members of its own group are not to be in one rack or zone.</summary>
    private static bool StandsApart(NearTerm term) => term.Kind != NearKind.Near && term.IsAboutItself && term.By is (DomainLevel.Rack or DomainLevel.Zone);

    /// <summary>A task is on its way to a node here, or to another region; or it is somewhere else than it was.</summary>
    public void Enter(TaskId task, TenantId tenant, TaskTemplate template, NodeEntry? node, RegionId region)
    {
        Follow();
        Leave(task);
        var who = Intern(tenant, task.Job, template);
        foreach (var rule in template.AntiAffinity.OrEmpty())
        {
            if (!rule.Preferred) Carry(Ask(Crowd.OfCarriers(who, rule), rule.By));
        }

        var abode = new Abode(node, region);
        who.Tasks.Add(task, abode);
        _whose.Add(task, who);
        Count(who, abode, 1);
    }

    public void Leave(TaskId task)
    {
        if (!_whose.Remove(task, out var who) || !who.Tasks.Remove(task, out var abode)) return;
        Count(who, abode, -1);
        foreach (var census in who.CountedBy)
        {
            if (census is { Crowd.Carries: true, Everywhere: 0 }) Drop(census);
        }
    }

    /// <summary>The node where a task is counted; null: another region, or not counted.</summary>
    public NodeEntry? NodeOf(TaskId task) => _whose.TryGetValue(task, out var who) ? who.Tasks[task].Node : null;

    /// <summary>Forgets a job of which nothing is under way.</summary>
    public void Forget(JobId job)
    {
        if (!_ofJob.TryGetValue(job, out var groups) || groups.Exists(who => who.Tasks.Count > 0)) return;
        foreach (var who in groups) _residents.Remove((job, who.Template.Group));
        _ofJob.Remove(job);
        if (!_byWord.Remove(job.ToString(), out var censuses)) return;
        foreach (var census in censuses)
        {
            _censuses.Remove(census.Crowd.KeyAt(census.Level));
            Drop(census);
        }
    }

    /// <summary>Forgets groups that have nothing under way, once there are many. Shapes made before must not be asked any more.</summary>
    public void Prune()
    {
        if (_residents.Count < KeptIdle || _residents.Values.Count(r => r.Tasks.Count == 0) < KeptIdle) return;
        var kept = _residents.Values.Where(r => r.Tasks.Count > 0).ToList();
        _residents.Clear();
        _ofJob.Clear();
        _censuses.Clear();
        _byWord.Clear();
        _carried.Clear();
        _whose.Clear();
        foreach (var old in kept)
        {
            foreach (var (task, abode) in old.Tasks) Enter(task, old.Tenant, old.Template, abode.Node, abode.Region);
        }

        Revision++;
    }

    private Resident Intern(TenantId tenant, JobId job, TaskTemplate template)
    {
        if (_residents.TryGetValue((job, template.Group), out var known)) return known;
        var who = new Resident(tenant, job, template) { ShapesAt = _carriedAt };
        _residents.Add((job, template.Group), who);
        if (!_ofJob.TryGetValue(job, out var others)) _ofJob.Add(job, others = []);
        others.Add(who);
        foreach (var word in Crowd.Words(who).Concat(Crowd.WordsCarried(who)).Distinct(StringComparer.Ordinal))
        {
            foreach (var census in _byWord.GetValueOrDefault(word) ?? [])
            {
                if (census.Crowd.Counts(who)) who.CountedBy.Add(census);
            }
        }

        return who;
    }

    private (ImmutableArray<NearTerm> Musts, ImmutableArray<NearTerm> Wishes) Terms(Resident who, bool isOther)
    {
        var (musts, wishes) = (ImmutableArray.CreateBuilder<NearTerm>(), ImmutableArray.CreateBuilder<NearTerm>());
        foreach (var rule in who.Template.Affinity.OrEmpty()) Add(NearKind.Near, rule);
        foreach (var rule in who.Template.AntiAffinity.OrEmpty()) Add(NearKind.Away, rule);
        if (who.Template.Spread is { } spread)
        {
            // Between regions only the owner knows all tasks of the group: what it has decided is not judged again.
            var decided = spread.By == DomainLevel.Region && who.Job.Owner != self;
            var term = new NearTerm(NearKind.Spread, Ask(Crowd.OfGroup(who), spread.By), true, spread.MaxPerDomain, spread.MaxSkew, false, "tasks of its group");
            if (!decided && (spread.MaxPerDomain > 0 || spread.MaxSkew > 0)) musts.Add(term);
            if (!decided) wishes.Add(term);
        }

        foreach (var word in Crowd.Words(who))
        {
            foreach (var census in _carried.GetValueOrDefault(word) ?? [])
            {
                if (isOther && census.Crowd.Job == who.Job) continue;

                // Of its own job's rules those that it has itself say the same.
                if (census.Crowd.IsAbout(who) && !(census.Crowd.Job is not null && census.Crowd.Counts(who))) musts.Add(new NearTerm(NearKind.Away, census, census.Crowd.Counts(who), 0, 0, true, "tasks that keep it away"));
            }
        }

        return (musts.ToImmutable(), wishes.ToImmutable());

        void Add(NearKind kind, NearRule rule)
        {
            var crowd = Crowd.OfRule(who, rule);
            (rule.Preferred ? wishes : musts).Add(new NearTerm(kind, Ask(crowd, rule.By), crowd.IsAbout(who), 0, 0, false, rule.Whom));
        }
    }

    /// <summary>The counts of a crowd, gathered when it is first asked for.</summary>
    private Census Ask(Crowd crowd, DomainLevel level)
    {
        var key = crowd.KeyAt(level);
        if (_censuses.TryGetValue(key, out var known)) return known;
        var census = new Census(crowd, level);
        _censuses.Add(key, census);

        // Carriers are found among all groups by what they carry, not by what they are: their rule may be about others.
        IEnumerable<Resident> candidates = crowd.Job is { } job ? _ofJob.GetValueOrDefault(job) ?? [] : _residents.Values;
        foreach (var who in candidates)
        {
            if (!crowd.Counts(who)) continue;
            who.CountedBy.Add(census);
            foreach (var abode in who.Tasks.Values) census.Add(abode, 1);
        }

        var word = crowd.Word;
        if (!_byWord.TryGetValue(word, out var list)) _byWord.Add(word, list = []);
        list.Add(census);
        return census;
    }

    private void Carry(Census census)
    {
        var word = census.Crowd.Word;
        if (!_carried.TryGetValue(word, out var list)) _carried.Add(word, list = []);
        if (list.Contains(census)) return;
        list.Add(census);
        _carriedAt++;
    }

    private void Drop(Census census)
    {
        if (!_carried.TryGetValue(census.Crowd.Word, out var list) || !list.Remove(census)) return;
        if (list.Count == 0) _carried.Remove(census.Crowd.Word);
        _carriedAt++;
    }

    private void Count(Resident who, Abode abode, int sign)
    {
        if (who.CountedBy.Count > 0) Revision++;
        foreach (var census in who.CountedBy) census.Add(abode, sign);
    }

    private void Follow()
    {
        if (!_domains.Follow()) return;
        foreach (var census in _censuses.Values) census.Clear();
        foreach (var who in _residents.Values)
        {
            foreach (var abode in who.Tasks.Values)
            {
                foreach (var census in who.CountedBy) census.Add(abode, 1);
            }
        }

        Revision++;
    }
}
