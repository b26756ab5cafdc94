using System.Text;

namespace Lepton.Cuda.Nvml;

/// <summary>Zero-terminated text of the library.</summary>
internal static unsafe class NvmlText
{
    public const int NameSize = 96;
    public const int VersionSize = 80;

    public static string Read(byte* text, int size)
    {
        var span = new ReadOnlySpan<byte>(text, size);
        var end = span.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? span : span[..end]);
    }

    /// <summary>CUDA counts 13.1 as 13010.</summary>
    public static Version Cuda(int version) => new(version / 1000, version % 1000 / 10);
}
