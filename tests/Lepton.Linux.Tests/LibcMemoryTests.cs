using System.Globalization;
using System.Runtime.InteropServices;

namespace Lepton.Linux.Tests;

public sealed class LibcMemoryTests
{
    private const int Block = 4096;
    private const int Blocks = 32_768;
    private const long MiB = 1 << 20;

    [Fact]
    public void Free_pages_below_a_used_one_are_returned()
    {
        using var memory = LibcMemory.KeepSmall();
        Assert.SkipWhen(memory is null, "This C library has no malloc_trim.");
        var blocks = Enumerable.Range(0, Blocks).Select(_ => Marshal.AllocHGlobal(Block)).ToArray();
        try
        {
            // Each page is written, so that it takes memory; the last block keeps the end of the arena in use.
            foreach (var block in blocks) Marshal.WriteInt64(block, 1);
            for (var i = 0; i < Blocks - 1; i++) Free(ref blocks[i]);
            var held = AnonymousBytes();
            LibcMemory.Trim();
            Assert.True(held - AnonymousBytes() > Blocks * (long)Block / 2, $"{held / MiB} MiB before, {AnonymousBytes() / MiB} MiB after");
        }
        finally
        {
            for (var i = 0; i < Blocks; i++) Free(ref blocks[i]);
        }
    }

    private static void Free(ref nint block)
    {
        Marshal.FreeHGlobal(block);
        block = 0;
    }

    private static long AnonymousBytes()
    {
        var line = File.ReadLines("/proc/self/status").Single(l => l.StartsWith("RssAnon:", StringComparison.Ordinal));
        return long.Parse(line["RssAnon:".Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) << 10;
    }
}
