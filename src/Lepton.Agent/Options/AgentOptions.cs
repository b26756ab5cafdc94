using System.Collections.Immutable;
using System.Net;
using Lepton.Agent.Containers;
using Lepton.Agent.Devices;
using Lepton.Model;

namespace Lepton.Agent.Options;

/// <summary>What the agent is told at its start.</summary>
internal sealed record AgentOptions
{
    public required NodeId Node { get; init; }

    /// <summary>Orleans gateway of a silo of the agent's region.</summary>
    public required IPEndPoint Gateway { get; init; }

    /// <summary>Base address of the region's data endpoints.</summary>
    public required Uri Data { get; init; }

    /// <summary>Folder of this agent alone: attempts, shim, deadline. Kept between starts.</summary>
    public required string StateFolder { get; init; }

    /// <summary>What the machine offers; default = what it has.</summary>
    public required Capacity Capacity { get; init; }

    public ImmutableSortedDictionary<string, string> Labels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public ImmutableArray<Taint> Taints { get; init; } = [];

    /// <summary>Which devices it offers, and how they are reached.</summary>
    public DeviceSettings Devices { get; init; } = new();

    /// <summary>What runs the images that tasks name; null: none are taken.</summary>
    public EngineKind? Containers { get; init; }

    /// <summary>Port on 127.0.0.1 where Prometheus finds the figures of the devices; null: none is opened.</summary>
    public int? MetricsPort { get; init; }

    /// <summary>The process without which the agent is not wanted: once it is gone, the lease has lapsed and nothing runs, the agent ends.</summary>
    public int? UntilParentExits { get; init; }

    public bool Verbose { get; init; }
}
