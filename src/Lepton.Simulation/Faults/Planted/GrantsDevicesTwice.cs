using System.Collections.Immutable;
using Lepton.Model;
using Lepton.Scheduling.Shell;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>Device double grant: a node that counts each device as two (seen from outside: a twin beside each, which is the same device). Breaks rule 2.</summary>
public sealed class GrantsDevicesTwice : Sabotage
{
    private const string Twin = "~";

    internal override Message? Arriving(Address to, Message message) => message is AgentBeat beat
        ? beat with { Spec = beat.Spec with { Devices = [.. beat.Spec.Devices.SelectMany(d => new[] { d, d with { Uuid = d.Uuid + Twin, ParentUuid = d.ParentUuid is { } p ? p + Twin : null } })] } }
        : message;

    internal override StoredMachine Writing(string key, StoredMachine value) => value.Row is NodeRow row
        ? value with { Row = row with { Grants = [.. row.Grants.Select(g => g with { Devices = One(g.Devices) })] } }
        : value;

    private static ImmutableArray<DeviceGrant> One(ImmutableArray<DeviceGrant> devices) => [.. devices.Select(d => d with { Uuid = d.Uuid.TrimEnd(Twin[0]) })];

    internal override Release Leaving(Address from, Release release) => release with
    {
        Replies = [.. release.Replies.Select(r => r.Reply is LeaseReply lease ? (r.Call, lease with { Assign = [.. lease.Assign.Select(a => a with { Devices = One(a.Devices) })] }) : r)],
    };
}
