using System.Collections.Immutable;
using Lepton.Contracts;
using Lepton.Model;
using Orleans.Serialization;

namespace Lepton.Hosting.Tests;

/// <summary>Everything that is stored or sent comes back as it was.</summary>
public sealed class RoundTripTests
{
    public static TheoryData<string> Rows => Concrete(typeof(Row));

    public static TheoryData<string> Messages => Concrete(typeof(Message));

    [Theory]
    [MemberData(nameof(Rows))]
    public void A_row_survives_the_store(string name)
    {
        var machine = new StoredMachine((Row)Made(name), [new Maker().Make<OwedSend>()]);

        Deep.Equal(machine, Codecs.Machines.Decode(Codecs.Machines.Encode(machine)));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void A_message_survives_the_way(string name)
    {
        var message = (Message)Made(name);

        Deep.Equal(message, Codecs.Serializer.Deserialize<Message>(Codecs.Serializer.SerializeToArray(message)));
    }

    [Theory]
    [MemberData(nameof(Messages))]
    public void An_owed_message_survives_the_store(string name)
    {
        var machine = new StoredMachine(Some.Node().Row, [new OwedSend(3, Address.Of(Some.Region), (Message)Made(name))]);

        Deep.Equal(machine, Codecs.Machines.Decode(Codecs.Machines.Encode(machine)));
    }

    [Fact]
    public void Empty_and_default_members_come_back_as_they_were()
    {
        var row = new TaskRow
        {
            Task = new TaskId(Some.Job(), 0),
            Tenant = TenantId.Default,
            Name = "",
            Phase = TaskPhase.Pending,
            Attempt = 0,
            Attempts = [],
            SubmittedAt = default,
        };

        Deep.Equal(new StoredMachine(row, []), Codecs.Machines.Decode(Codecs.Machines.Encode(new StoredMachine(row, []))));
    }

    [Fact]
    public void A_local_time_keeps_its_moment_and_offset()
    {
        var row = new NodeRow
        {
            Node = new NodeId(Some.Region, "n01"), Epoch = new Epoch(1), Phase = NodePhase.Ready,
            ChangedAt = new DateTimeOffset(2026, 3, 1, 1, 2, 3, TimeSpan.FromHours(5.5)),
        };

        Deep.Equal(new StoredMachine(row, []), Codecs.Machines.Decode(Codecs.Machines.Encode(new StoredMachine(row, []))));
    }

    [Fact]
    public void A_typical_task_row_is_small()
    {
        var run = new RunSpec(
            new TaskId(Some.Job("01jdx7k9c2m4q8w1z5n3b6v0ta"), 123), "nightly-train", TenantId.Default,
            new TaskTemplate
            {
                Group = "train", Command = ["python", "train.py", "--shard", "${input}"],
                Demand = new Demand(new Capacity(2_000, 4L << 30)), Outputs = ["model.bin"],
            },
            123, new InputRef("artifact://us-east/shard-0123", Some.Region, 123_456_789), ImmutableSortedDictionary<string, string>.Empty, [], 50,
            Some.Noon);
        var row = (TaskRow)Some.Task(123).Row with
        {
            Run = run, Attempts = [new AttemptRecord(1, Some.Region, new NodeId(Some.Region, "n01"), Some.Noon, null)],
        };

        Assert.InRange(Codecs.Machines.Encode(new StoredMachine(row, [])).Length, 100, 800);
    }

    [Fact]
    public void Bytes_of_an_unknown_format_are_refused()
    {
        Assert.Contains("format 2", Assert.Throws<InvalidDataException>(() => Codecs.Machines.Decode(new byte[] { 2, 0 })).Message, StringComparison.Ordinal);
        Assert.Throws<InvalidDataException>(() => Codecs.Machines.Decode(ReadOnlyMemory<byte>.Empty));
        Assert.Throws<InvalidDataException>(() => Codecs.Machines.Decode(new byte[] { 1, 0xff, 0x7f, 0x13 }));
    }

    [Fact]
    public void The_stores_error_crosses_a_grain_call_with_its_reason()
    {
        var error = new StoreUnavailableException("the disk is full", true, new IOException("no space"));

        var read = Assert.IsType<StoreUnavailableException>(Codecs.Serializer.Deserialize<Exception>(Codecs.Serializer.SerializeToArray<Exception>(error)));

        Assert.Equal("the disk is full", read.Message);
        Assert.True(read.Unknown);
        Assert.Equal("no space", read.InnerException!.Message);
    }

    private static object Made(string name) => new Maker().Make(typeof(Row).Assembly.GetType($"Lepton.Model.{name}", throwOnError: true)!);

    private static TheoryData<string> Concrete(Type ancestor) =>
        [.. ancestor.Assembly.GetTypes().Where(t => t.IsSubclassOf(ancestor) && !t.IsAbstract).Select(t => t.Name).Order()];
}
