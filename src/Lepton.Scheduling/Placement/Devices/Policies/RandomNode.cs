namespace Lepton.Scheduling.Placement.Devices.Policies;

/// <summary>Any node, any GPU, by a seed: the floor that every policy must beat.</summary>
internal sealed class RandomNode(NodePool nodes, ulong seed) : IDevicePolicy
{
    private SeedStream _chance = SeedStream.For(seed, "random-node");

    public bool IsSteady => false;

    public double Cost(int node, RequestClass request, out int device)
    {
        device = -1;
        if (request.IsShare)
        {
            var free = nodes.GpusFree(node);
            var seen = 0;
            for (var g = 0; g < free.Length; g++)
            {
                if (free[g] >= request.GpuMilli && _chance.Next(++seen) == 0) device = g;
            }
        }

        return _chance.NextDouble();
    }

    public void Changed(int node)
    {
    }
}
