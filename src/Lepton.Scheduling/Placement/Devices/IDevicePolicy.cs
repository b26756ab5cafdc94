namespace Lepton.Scheduling.Placement.Devices;

/// <summary>Says what a placement costs; the cheapest node wins, the lowest number among equals.</summary>
public interface IDevicePolicy
{
    /// <summary>False: the cost of an unchanged node may differ from call to call, so that it cannot be kept.</summary>
    bool IsSteady { get; }

    /// <summary>Cost of placing the request on a node that it fits, and the GPU for a share (-1 otherwise).</summary>
    double Cost(int node, RequestClass request, out int device);

    /// <summary>A bound that <see cref="Cost"/> is never below, where one is cheaper to ask; the closer it is, the fewer costs must be asked.</summary>
    double AtLeast(int node, RequestClass request) => Cost(node, request, out _);

    /// <summary>Something was taken from the node or released.</summary>
    void Changed(int node);
}
