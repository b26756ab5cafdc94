namespace Lepton.Scheduling.Devices;

/// <summary>What one signal says about a device, mildest first.</summary>
public enum HealthVerdict
{
    /// <summary>Says nothing against the device.</summary>
    Ignore,

    /// <summary>The fault of an application: counted, and only a burst of them counts against the device.</summary>
    Application,
    Suspect,
    Drain,
    Lost,
}
