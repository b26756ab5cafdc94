using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Lepton.Model;

namespace Lepton.Client;

/// <summary>Where job ids come from: the idempotency key, so that a repeat meets the same job; or chance, where there is no key.</summary>
public static class JobIds
{
    /// <summary>
    /// The first 128 bits of SHA-256 over region, tenant, endpoint and key, each with its length before it: (a, bc) and (ab, c) differ.
    /// </summary>
    public static JobId FromKey(RegionId owner, TenantId tenant, string endpoint, string key)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> length = stackalloc byte[4];
        foreach (var part in (ReadOnlySpan<string>)[owner.Value, tenant.Value, endpoint, key])
        {
            var bytes = Encoding.UTF8.GetBytes(part);
            BinaryPrimitives.WriteInt32BigEndian(length, bytes.Length);
            hash.AppendData(length);
            hash.AppendData(bytes);
        }

        return new JobId(owner, CrockfordBase32.Encode(BinaryPrimitives.ReadUInt128BigEndian(hash.GetHashAndReset())));
    }

    /// <summary>A ULID: 48 bits of milliseconds, 80 bits of chance.</summary>
    public static JobId Random(RegionId owner, DateTimeOffset now)
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes[6..]);
        var milliseconds = now.ToUnixTimeMilliseconds();
        BinaryPrimitives.WriteUInt16BigEndian(bytes, (ushort)(milliseconds >> 32));
        BinaryPrimitives.WriteUInt32BigEndian(bytes[2..], (uint)milliseconds);
        return new JobId(owner, CrockfordBase32.Encode(BinaryPrimitives.ReadUInt128BigEndian(bytes)));
    }
}
