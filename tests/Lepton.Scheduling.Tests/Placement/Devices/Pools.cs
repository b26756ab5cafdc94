using CsCheck;
using Lepton.Scheduling.Placement.Devices;

namespace Lepton.Scheduling.Tests.Placement.Devices;

/// <summary>Small clusters and requests for the tests of device placement.</summary>
internal static class Pools
{
    public static readonly RequestClass Whole = new(8000, 8192, 1, 1000);
    public static readonly RequestClass Half = new(4000, 4096, 1, 500);
    public static readonly RequestClass CpuOnly = new(4000, 4096, 0, 0);

    /// <summary>Much CPU for a share; none at all.</summary>
    public static readonly RequestClass Fed = new(24_000, 4096, 1, 300);
    public static readonly RequestClass Unfed = new(0, 4096, 1, 300);

    public static readonly Gen<NodeShape> Node =
        Gen.Select(Gen.Int[0, 16], Gen.Int[0, 16], Gen.Int[0, 8], Gen.Int[0, 2], (c, m, g, model) => new NodeShape(c * 4000, m * 4096, g, model));

    public static readonly Gen<RequestClass> Request = Gen.OneOf(
        Gen.Select(Gen.Int[0, 8], Gen.Int[0, 4], Gen.Int[1, 999], Gen.ULong[0, 7], (c, m, s, models) => new RequestClass(c * 1000, m * 1024, 1, s, models)),
        Gen.Select(Gen.Int[0, 24], Gen.Int[0, 4], Gen.Int[1, 4], Gen.ULong[0, 7], (c, m, g, models) => new RequestClass(c * 1000, m * 1024, g, 1000, models)),
        Gen.Select(Gen.Int[1, 24], Gen.Int[0, 4], (c, m) => new RequestClass(c * 1000, m * 1024, 0, 0)));

    public static NodePool Of(params NodeShape[] nodes) => new(nodes);

    public static NodeShape Roomy(int gpus, int model = 0) => new(64_000, 262_144, gpus, model);

    public static RequestMix Evenly(params RequestClass[] requests) => RequestMix.Of(requests.Select(r => (r, 1.0)));

    public static DevicePlacer Placer(NodePool nodes, string policy, params RequestClass[] requests) =>
        new(nodes, [.. requests], DevicePolicies.Named(policy).Create(nodes, Evenly(requests), 1), check: policy != "random");
}
