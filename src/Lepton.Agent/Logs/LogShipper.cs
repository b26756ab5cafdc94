using System.Buffers;
using System.Globalization;
using System.Text;
using Lepton.Agent.Data;
using Lepton.Model;
using Microsoft.Win32.SafeHandles;

namespace Lepton.Agent.Logs;

/// <summary>
/// Brings the log of one attempt to its region while it is written. What has arrived is given back to the disk; what waits too long
/// for a region that is away is dropped from the old end, with a line in the log that says so. One caller at a time.
/// </summary>
/// <remarks>
/// The region's log is the file without what was dropped and with the marker lines: <c>offset there = position here + shift</c>.
/// The shift is kept beside the log, so that the next agent goes on in the right place.
/// </remarks>
internal sealed class LogShipper(AttemptId attempt, string path, IRegionData data, LogBudget budget, LogLimits limits)
{
    private const long GiveBackEvery = 4L * 1024 * 1024;

    private long _position;       // of the file: everything before it has arrived or was dropped
    private long _shift;
    private long _givenBack;
    private byte[] _marker = [];  // line to be sent before anything else

    /// <summary>Bytes of the file that have not arrived.</summary>
    public long Waiting => Math.Max(0, Length() - _position) + _marker.Length;

    private string ShiftFile => path + ".shift";

    /// <summary>Goes on where an agent before this one stopped.</summary>
    public async Task Resume(CancellationToken cancel)
    {
        if (long.TryParse(WholeFile.Line(ShiftFile), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var shift)) _shift = shift;
        _position = Math.Max(0, await data.LogLength(attempt, cancel) - _shift);
    }

    /// <summary>Sends what is there, chunk by chunk. Throws when the region does not answer; the next call repeats.</summary>
    public async Task Ship(CancellationToken cancel)
    {
        if (!File.Exists(path)) return;
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite | FileShare.Delete);
        DropWhatWaitsTooLong(file);
        if (_marker.Length > 0) await SendMarker(cancel);
        var buffer = ArrayPool<byte>.Shared.Rent(limits.ChunkBytes);
        try
        {
            while (RandomAccess.Read(file, buffer.AsSpan(0, limits.ChunkBytes), _position) is > 0 and var read)
            {
                await budget.Take(read, cancel);
                var there = await data.AppendLog(attempt, _position + _shift, buffer.AsMemory(0, read), cancel);
                if (there < _position + _shift + read) GoBack(there);
                else _position = there - _shift;
                GiveBack(file);
                DropWhatWaitsTooLong(file);
                if (_marker.Length > 0) await SendMarker(cancel);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>Sends the rest and closes the log, within the limit of time. Returns what to tell the user when it did not work.</summary>
    public async Task<string?> Finish()
    {
        using var limit = new CancellationTokenSource(limits.LastWords);
        try
        {
            await Patience.Try(
                limits.LastWords,
                async c =>
                {
                    await Ship(c);
                    await data.CompleteLog(attempt, c);
                    return true;
                },
                limit.Token);
            return null;
        }
        catch (Exception failure) when (failure is OperationCanceledException or InvalidDataException or InvalidOperationException || Patience.IsPassing(failure))
        {
            return $"the last {Waiting} bytes of its log did not reach the region within {limits.LastWords.TotalSeconds:0.#} s";
        }
    }

    /// <summary>Drops the older half of too much: a region that is away must not fill the disk of the machine.</summary>
    private void DropWhatWaitsTooLong(SafeFileHandle file)
    {
        var length = RandomAccess.GetLength(file);
        var dropped = 0L;
        if (length < _position) dropped = _position - length;             // somebody cut the file
        else if (length - _position > limits.WaitingBytes) dropped = length - _position - (limits.WaitingBytes / 2);
        if (dropped == 0) return;
        var there = _position + _shift;
        _marker = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"\n[lepton: {dropped} bytes of this log were dropped on the machine: more than {limits.WaitingBytes} were waiting for the region]\n"));
        _position = length < _position ? length : _position + dropped;
        _shift = there - _position;
        SaveShift(_shift + _marker.Length);
        GiveBack(file);
    }

    /// <summary>The region has less than we sent before: it lost some, or another piece came between. What the disk still has is sent again.</summary>
    private void GoBack(long there)
    {
        if (there - _shift >= _givenBack)
        {
            _position = there - _shift;
            return;
        }
        _marker = Encoding.UTF8.GetBytes(string.Create(
            CultureInfo.InvariantCulture, $"\n[lepton: {_position - (there - _shift)} bytes of this log were lost by the region]\n"));
        _shift = there - _position;
        SaveShift(_shift + _marker.Length);
    }

    private async Task SendMarker(CancellationToken cancel)
    {
        var there = await data.AppendLog(attempt, _position + _shift, _marker, cancel);
        _shift = Math.Max(_shift + _marker.Length, there - _position);
        _marker = [];
        SaveShift(_shift);
    }

    private void SaveShift(long shift)
    {
        try
        {
            WholeFile.Write(ShiftFile, shift.ToString(CultureInfo.InvariantCulture) + "\n");
        }
        catch (IOException failure) when (DiskTrouble.IsFull(failure))
        {
            // Only an agent after this one would go on at a wrong place of the log: this one must not stop sending for it.
        }
    }

    /// <summary>Positions stay: only the blocks behind them go. The task goes on appending and sees nothing of it.</summary>
    private void GiveBack(SafeFileHandle file)
    {
        if (_position - _givenBack < GiveBackEvery) return;
        if (Native.PunchHole(file, 0, _position)) _givenBack = _position;
        else if (RandomAccess.GetLength(file) == _position) CutAll(file);
    }

    /// <summary>Where the file system knows no holes: an emptied file, at a moment when everything in it has arrived.</summary>
    private void CutAll(SafeFileHandle file)
    {
        RandomAccess.SetLength(file, 0);
        _shift += _position;
        _position = 0;
        SaveShift(_shift);
    }

    private long Length()
    {
        var file = new FileInfo(path);
        return file.Exists ? file.Length : 0;
    }
}
