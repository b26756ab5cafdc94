namespace Lepton.Sample.Training;

/// <summary>The two growths of one training, in order.</summary>
internal enum Phase
{
    /// <summary>On the fit rows, to be compared on the validation rows.</summary>
    Trial,

    /// <summary>On all training rows, to be used.</summary>
    Final,
}
