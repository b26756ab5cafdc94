namespace Lepton.Silo;

/// <summary>What the process tells whoever started it.</summary>
public static class SiloExit
{
    /// <summary>Stopped because it was asked to (SIGTERM, Ctrl-C); or <c>--check</c> found nothing wrong.</summary>
    public const int Stopped = 0;

    /// <summary>Failed, at the start or later; the reason is on stderr. Starting it again may help.</summary>
    public const int Failed = 1;

    /// <summary>The command line or the region file is wrong: starting it again as it is does not help.</summary>
    public const int Wrong = 2;

    /// <summary>Another process has one of the ports or the store.</summary>
    public const int Taken = 3;
}
