using System.Security.Cryptography;

namespace Lepton.Hosting;

/// <summary>A file under construction: hashed while it is written, bounded, removed unless it was finished.</summary>
internal sealed class HashingWriter : IAsyncDisposable
{
    private readonly long _limit;
    private readonly FileStream _file;
    private IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private bool _finished;

    /// <param name="limit">Bytes it may have at most.</param>
    public HashingWriter(string path, long limit)
    {
        _limit = limit;
        _file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0, FileOptions.Asynchronous);
    }

    public long Length { get; private set; }

    /// <exception cref="InvalidDataException">Larger than the limit.</exception>
    public async ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken cancel)
    {
        if (Length + bytes.Length > _limit)
        {
            throw new InvalidDataException($"The content is larger than {_limit} bytes. Maybe split it, or raise Artifacts.MaxArtifactBytes.");
        }

        await _file.WriteAsync(bytes, cancel);
        _hash.AppendData(bytes.Span);
        Length += bytes.Length;
    }

    /// <summary>Begins again with nothing.</summary>
    public void Restart()
    {
        _file.SetLength(0);
        _file.Position = 0;
        _hash.Dispose();
        _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Length = 0;
    }

    /// <summary>Lower-case hex of what was written so far.</summary>
    public string Hash() => Convert.ToHexStringLower(_hash.GetCurrentHash());

    /// <summary>Durable at its place, under this name and no other.</summary>
    public async Task MoveTo(string path)
    {
        await DurableFile.MoveTo(_file, path);
        _finished = true;
    }

    public async ValueTask DisposeAsync()
    {
        _hash.Dispose();
        await _file.DisposeAsync();
        if (!_finished) File.Delete(_file.Name);
    }
}
