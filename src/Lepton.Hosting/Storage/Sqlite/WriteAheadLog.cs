using System.Buffers.Binary;
using System.Globalization;

namespace Lepton.Hosting;

/// <summary>
/// Looks whether SQLite could read the whole write-ahead log of a store. It silently ends at the first frame whose checksum is wrong: right for
/// a commit that a crash has cut, but commits behind it were acknowledged, and would be lost without a word.
/// </summary>
/// <remarks>
/// Format: header of 32 bytes (magic, version, page size, sequence, two salts, checksum), then frames of 24 bytes (page, size of the database
/// after a commit or 0, the salts, checksum over all so far) and a page. Source: https://sqlite.org/fileformat2.html#walformat.
/// Cost: one pass over the file.
/// </remarks>
internal static class WriteAheadLog
{
    private const int HeaderBytes = 32;
    private const int FrameBytes = 24;
    private const uint Magic = 0x377f0682;
    private const int LargestPage = 65_536;

    /// <summary>The commit that a crash has cut may have reached the disk in any order, its end included; a second one cannot.</summary>
    private const int MostCutCommits = 1;

    /// <summary>What is wrong, as a sentence; null when nothing is, or there is no log.</summary>
    public static string? Damage(string storePath)
    {
        var path = storePath + "-wal";
        if (!File.Exists(path)) return null;
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, 1 << 20);
        if (file.Length <= HeaderBytes) return null;
        var header = new byte[HeaderBytes];
        file.ReadExactly(header);
        var magic = Word(header, 0);
        var page = (int)Word(header, 8);
        if ((magic & ~1u) != Magic || page is < 512 or > LargestPage || file.Length < HeaderBytes + FrameBytes + page) return (magic & ~1u) == Magic ? null : Damaged(path, "its first bytes are none of a log");
        var sum = new Checksum(bigEndian: (magic & 1) == 1);
        sum.Add(header.AsSpan(0, 24));
        if (!sum.Is(Word(header, 24), Word(header, 28))) return Damaged(path, "the checksum of its first bytes is wrong");
        return Frames(file, path, header, page, sum);
    }

    private static string? Frames(FileStream file, string path, byte[] header, int page, Checksum sum)
    {
        var frame = new byte[FrameBytes + page];
        long number = 0, broken = 0;
        var behind = 0;
        while (file.Length - file.Position >= frame.Length)
        {
            file.ReadExactly(frame);
            number++;
            var ours = Word(frame, 8) == Word(header, 16) && Word(frame, 12) == Word(header, 20);
            if (broken == 0)
            {
                sum.Add(frame.AsSpan(0, 8));
                sum.Add(frame.AsSpan(FrameBytes));
                if (!ours || !sum.Is(Word(frame, 16), Word(frame, 20))) broken = number;
            }

            if (broken > 0 && ours && Word(frame, 4) != 0) behind++;
        }

        return behind > MostCutCommits
            ? Damaged(path, string.Create(CultureInfo.InvariantCulture, $"frame {broken} of {number} is, and {behind} commits that were acknowledged stand behind it"))
            : null;
    }

    private static string Damaged(string path, string how) => $"The write-ahead log '{path}' is damaged: {how}.";

    private static uint Word(byte[] bytes, int at) => BinaryPrimitives.ReadUInt32BigEndian(bytes.AsSpan(at));

    /// <summary>s0 += x[i] + s1; s1 += x[i + 1] + s0, over words of 32 bits.</summary>
    private sealed class Checksum(bool bigEndian)
    {
        private uint _s0;
        private uint _s1;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            for (var i = 0; i + 8 <= bytes.Length; i += 8)
            {
                _s0 = unchecked(_s0 + Read(bytes[i..]) + _s1);
                _s1 = unchecked(_s1 + Read(bytes[(i + 4)..]) + _s0);
            }
        }

        public bool Is(uint s0, uint s1) => _s0 == s0 && _s1 == s1;

        private uint Read(ReadOnlySpan<byte> bytes) =>
            bigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);
    }
}
