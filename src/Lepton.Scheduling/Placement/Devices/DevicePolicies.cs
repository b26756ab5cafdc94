using System.Collections.Immutable;
using Lepton.Scheduling.Placement.Devices.Policies;

namespace Lepton.Scheduling.Placement.Devices;

/// <summary>A policy by its name.</summary>
public sealed record NamedDevicePolicy(string Name, Func<NodePool, RequestMix, ulong, IDevicePolicy> Create);

/// <summary>The only place where the policies of device placement are listed; <see cref="Default"/> is ours, the others are measured against it.</summary>
public static class DevicePolicies
{
    public const string Default = "lepton";

    public static readonly ImmutableArray<NamedDevicePolicy> All =
    [
        new("random", (nodes, _, seed) => new RandomNode(nodes, seed)),
        new("dotprod", (nodes, _, _) => new DotProduct(nodes)),
        new("clustering", (nodes, _, _) => new Clustering(nodes)),
        new("packing", (nodes, _, _) => new Packing(nodes)),
        new("bestfit", (nodes, _, _) => new BestFit(nodes)),
        new("fgd", (nodes, mix, _) => new GradientDescent(nodes, mix)),
        new(Default, (nodes, mix, _) => new LeastLoss(nodes, mix)),
    ];

    /// <exception cref="ArgumentException">No policy has this name.</exception>
    public static NamedDevicePolicy Named(string name) =>
        All.FirstOrDefault(p => p.Name == name)
        ?? throw new ArgumentException($"There is no placement policy '{name}'. Maybe one of {string.Join(", ", All.Select(p => p.Name))}.");
}
