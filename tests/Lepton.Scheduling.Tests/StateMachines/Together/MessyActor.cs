using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Scheduling.Tests.StateMachines.Together;

/// <summary>A machine in its shell, with its row, in a world where activations die between any two steps.</summary>
internal sealed class MessyActor(Address address, Func<IStateMachine> make, MessyWorld world)
{
    private readonly Dictionary<CallId, Action<Reply>> _calls = [];
    private MachineShell _shell = null!;
    private long _etag;

    /// <summary>Where the next activation to write dies.</summary>
    public enum Death
    {
        None,
        BeforeTheWrite,
        AfterTheWrite,
    }

    public Address Address => address;

    public StoredMachine? Stored { get; private set; }

    public Death Next { get; set; }

    public DateTimeOffset? NextWake => _shell.NextWake;

    public void Start()
    {
        var calls = _calls.Values.ToList();
        _calls.Clear();
        foreach (var back in calls) world.Answer(back, new Unanswered("It died."));
        _shell = new MachineShell(make(), world.Settings(address.Region));
        _shell.Start(Stored is null ? null : new StoredRecord(_shell.Machine.RowKey, _etag, Stored), [], world.Now);
        Run();
    }

    public void Receive(Message message, Action<Reply> back)
    {
        if (!_shell.Receive(message, out var call)) world.Answer(back, new Busy(TimeSpan.FromSeconds(1)));
        else _calls.Add(call, back);
        Run();
    }

    public void Run()
    {
        while (_shell.HasWork(world.Now.At))
        {
            var write = _shell.Begin(world.Now);
            if (write is not null)
            {
                var death = Next;
                Next = Death.None;
                if (death == Death.BeforeTheWrite)
                {
                    Start();
                    return;
                }

                Assert.Equal(_etag, write.ExpectedETag);
                world.Check(address, Stored?.Row, write.Value.Row);
                Stored = write.Value;
                _etag++;
                if (death == Death.AfterTheWrite)
                {
                    Start();
                    return;
                }
            }

            var release = _shell.Commit(write is null ? null : _etag, world.Now);
            foreach (var (call, reply) in release.Replies)
            {
                if (_calls.Remove(call, out var back)) world.Answer(back, reply);
            }

            var shell = _shell;
            foreach (var send in release.Sends)
            {
                world.Send(send.To, send.Body, reply =>
                {
                    if (shell != _shell) return;
                    _shell.Answered(send.Number, reply);
                    Run();
                });
            }

            if (release.HintAgent) world.Hint(address);
            if (!release.StartOver) continue;
            Start();
            return;
        }
    }
}
