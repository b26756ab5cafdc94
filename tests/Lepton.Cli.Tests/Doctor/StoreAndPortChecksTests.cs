using System.Buffers.Binary;
using Lepton.Cli.Doctor;
using Lepton.Contracts;
using Lepton.Linux;

namespace Lepton.Cli.Tests.Doctor;

public sealed class StoreAndPortChecksTests
{
    private const string Store = "/data/us-east/region.db";

    private readonly FakeMachine _machine = new();

    [Fact]
    public void Says_schema_and_holder_of_a_store()
    {
        _machine.Bytes[Store] = Header(StoreFormat.ApplicationId, StoreFormat.Schema);
        Assert.Equal(Finding.Ok("store", $"{Store}: schema {StoreFormat.Schema}, not in use"), StoreChecks.One(_machine, Store));
        _machine.Stores[Store] = new Holder(4711, "Lepton.Silo");
        Assert.Equal(Finding.Ok("store", $"{Store}: schema {StoreFormat.Schema}, in use by Lepton.Silo (pid 4711)"), StoreChecks.One(_machine, Store));
    }

    [Fact]
    public void Refuses_what_is_newer_alien_or_no_database()
    {
        _machine.Bytes[Store] = Header(StoreFormat.ApplicationId, StoreFormat.Schema + 1);
        Failed("has schema");
        _machine.Bytes[Store] = Header(7, 1);
        Failed("another program");
        _machine.Bytes[Store] = new byte[StoreFormat.HeaderBytes];
        Failed("no SQLite file");
        _machine.Bytes.Clear();
        Failed("cannot be read");
    }

    [Fact]
    public void Waits_with_its_judgement_while_a_young_store_is_still_in_its_log()
    {
        _machine.Bytes[Store] = Header(0, 0);
        _machine.Present.Add(Store + "-wal");
        Assert.Equal(Finding.IsOk, StoreChecks.One(_machine, Store).Level);
    }

    [Fact]
    public void Finds_the_stores_of_a_local_fleet()
    {
        _machine.Bytes["/home/u/regions/a/region.db"] = Header(StoreFormat.ApplicationId, 1);
        _machine.Bytes["/home/u/regions/b/region.db"] = Header(StoreFormat.ApplicationId, 1);
        Assert.Equal(2, StoreChecks.All(_machine, StoreChecks.FoldersOf(_machine, "/home/u")).Count());
        Assert.Contains("none here", Assert.Single(StoreChecks.All(_machine, StoreChecks.FoldersOf(_machine, "/elsewhere"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Says_who_has_which_port()
    {
        Assert.All(PortChecks.All(_machine), f => Assert.Equal(Finding.IsOk, f.Level));
        _machine.Taken[8080] = new Holder(1, "nginx");
        _machine.Taken[11111] = _machine.Taken[11112] = new Holder(2, "Lepton.Local");
        _machine.Taken[30001] = null;
        var found = PortChecks.All(_machine).ToList();
        Assert.Equal([Finding.IsWarning, Finding.IsOk, Finding.IsWarning], found.Select(f => f.Level));
        Assert.Contains("8080 in use by nginx (pid 1)", found[0].Message, StringComparison.Ordinal);
        Assert.Contains("11111, 11112 in use by Lepton.Local (pid 2)", found[1].Message, StringComparison.Ordinal);
        Assert.Contains("nobody listens on", found[2].Message, StringComparison.Ordinal);
    }

    private void Failed(string said)
    {
        var finding = StoreChecks.One(_machine, Store);
        Assert.Equal(Finding.IsFailure, finding.Level);
        Assert.Contains(said, finding.Message, StringComparison.Ordinal);
        Assert.False(string.IsNullOrEmpty(finding.Do));
    }

    private static byte[] Header(int application, int schema)
    {
        var header = new byte[StoreFormat.HeaderBytes];
        "SQLite format 3\0"u8.CopyTo(header);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(60), schema);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(68), application);
        return header;
    }
}
