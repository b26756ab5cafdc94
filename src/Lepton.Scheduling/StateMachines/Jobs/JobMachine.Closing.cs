using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.StateMachines.Jobs;

/// <content>
/// The end of the job, told end to end: the task whose report ended it is answered when the region has forgotten the job. After a crash in between it
/// reports again, so nothing is owed and nothing has to be struck out: one write less for each job.
/// </content>
public sealed partial class JobMachine
{
    private readonly List<CallId> _enders = [];

    /// <summary>Sent by this activation, for those who wait; null: not, or answered.</summary>
    private JobClosed? _closing;

    /// <summary>The region was told of the end, or is owed it.</summary>
    private bool _regionKnows;

    private void WhenRegionKnows(CallId call, Effects effects)
    {
        if (_regionKnows)
        {
            effects.Reply(call, Ack.Done);
            return;
        }

        if (_closing is null)
        {
            _closing = new JobClosed(job);
            effects.Send(Address.Of(self), _closing, SendMode.UntilAnswered);
        }

        if (_enders.Count < settings.InboxLimit) _enders.Add(call);
        else effects.Reply(call, new Busy(settings.ResendLongest));
    }

    private void ToldOfEnd(Effects effects)
    {
        (_regionKnows, _closing) = (true, null);
        foreach (var call in _enders) effects.Reply(call, Ack.Done);
        _enders.Clear();
    }
}
