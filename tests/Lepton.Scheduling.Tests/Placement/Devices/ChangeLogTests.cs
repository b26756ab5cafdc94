using CsCheck;
using Lepton.Scheduling.Placement.Devices;

namespace Lepton.Scheduling.Tests.Placement.Devices;

public sealed class ChangeLogTests
{
    [Fact]
    public void Names_each_node_changed_since_once_and_whether_it_fits_now() =>
        Gen.Select(Pools.Node.Array[1, 40], Pools.Request, Gen.Int[0, 39].Array[0, 300], Gen.Int[0, 300]).Sample((shapes, request, changes, from) =>
        {
            var nodes = new NodePool(shapes);
            var log = new ChangeLog(nodes);
            foreach (var change in changes)
            {
                var node = change % shapes.Length;
                if (nodes.Fits(node, request with { Models = 0 })) nodes.Take(node, request with { Models = 0 }, request.IsShare ? FirstFit(nodes, node, request) : -1);
                log.Add(node);
            }

            var at = Math.Clamp(from, log.Count - Math.Min(log.Count, log.Kept), log.Count);
            var expected = changes.Skip((int)at).Select(c => c % shapes.Length).Distinct().Order()
                .Select(n => nodes.Fits(n, request with { Models = 0 }) ? n : ~n);

            var found = new List<int>();
            Span<int> some = stackalloc int[16];
            while (at < log.Count) found.AddRange(some[..log.Next(ref at, request, some)]);
            Assert.Equal(expected, found.OrderBy(n => n < 0 ? ~n : n));
        });

    private static int FirstFit(NodePool nodes, int node, RequestClass request)
    {
        var gpu = 0;
        while (nodes.GpusFree(node)[gpu] < request.GpuMilli) gpu++;
        return gpu;
    }
}
