namespace Lepton.Scheduling.Placement.Devices;

/// <summary>Says what a placement costs; the cheapest node wins, the lowest number among equals.</summary>
public interface IDevicePolicy
{
    /// <summary>False: the cost of an unchanged node may differ from call to call, so that it cannot be kept.</summary>
    bool IsSteady { get; }

    /// <summary>Cost of placing the request on a node that it fits, and the GPU for a share (-1 otherwise).</summary>
    double Cost(int node, RequestClass request, out int device);

    /// <summary>Something was taken from the node or released.</summary>
    void Changed(int node);
}
