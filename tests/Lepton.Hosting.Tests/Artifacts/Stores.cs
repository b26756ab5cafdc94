using System.Security.Cryptography;
using Lepton.Contracts;
using Lepton.Model;

namespace Lepton.Hosting.Tests;

/// <summary>Artifact stores and content for examples.</summary>
internal static class Stores
{
    public static FileArtifactStore Artifacts(ArtifactOptions options, RegionDirectory regions, TimeProvider? time = null) =>
        new(options, regions, new HttpArtifactFetcher(options, time ?? TimeProvider.System), time ?? TimeProvider.System);

    /// <summary>Content that does not compress, the same for the same seed.</summary>
    public static byte[] Noise(int bytes, int seed = 1)
    {
        var content = new byte[bytes];
        new Random(seed).NextBytes(content);
        return content;
    }

    /// <summary>Content that compresses well.</summary>
    public static byte[] Text(int bytes)
    {
        var content = new byte[bytes];
        for (var i = 0; i < bytes; i++) content[i] = (byte)('a' + (i / 97 % 26));
        return content;
    }

    public static string Hash(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));

    public static ArtifactRef Ref(byte[] content, string region = "us-east") => new("model.bin", new RegionId(region), Hash(content), content.Length);

    public static async Task<byte[]> ReadAll(Stream stream)
    {
        await using (stream)
        {
            using var memory = new MemoryStream();
            await stream.CopyToAsync(memory);
            return memory.ToArray();
        }
    }
}
