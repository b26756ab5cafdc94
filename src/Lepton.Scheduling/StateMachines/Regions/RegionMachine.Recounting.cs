using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Regions;

/// <content>
/// A second look at jobs that should have gone on. A job hears of its tasks without writing it down, so one activation of it may have taken news in
/// that the next does not find. The region has the same news: when all of a group is over and nothing follows, it says so.
/// </content>
public sealed partial class RegionMachine
{
    private DateTimeOffset? _nextRecount;

    private TimeSpan RecountEvery => _settings.LeaseMargin * 2;

    private void RecountSoon(Moment now, Effects effects)
    {
        _nextRecount ??= now.At + RecountEvery;
        if (_standing == Standing.Confirmed) effects.WakeAt(_nextRecount.Value);
    }

    private void Recount(Moment now, Effects effects)
    {
        foreach (var job in _queue.Jobs.Where(j => j.QuietSince + RecountEvery <= now.At).OrderBy(j => j.Job))
        {
            job.QuietSince = now.At;
            var ended = job.Groups.Where(g => g.HasEnded()).Select(g => g.Name).ToImmutableArray();
            if (ended.Length > 0) effects.Send(Address.Of(job.Job), new GroupsEnded(job.Job, ended), SendMode.Once);
        }

        _nextRecount = _queue.Jobs.Any(j => j.QuietSince is not null) ? now.At + RecountEvery : null;
    }
}
