using Lepton.Client;
using Lepton.Client.Wire;

namespace Lepton.Api.Guarding;

/// <summary>
/// So many submits, and so many bytes of them, are worked on at one time. Where the store is slow, more would only fill the memory and end in
/// timeouts: they are told at once to come again.
/// </summary>
internal sealed class SubmitGate(int most, long mostBytes)
{
    private readonly Lock _gate = new();
    private int _inside;
    private long _bytes;

    /// <summary>A place, given back when disposed.</summary>
    /// <param name="bytes">Null where the caller does not say how long the body is: then it counts as the largest.</param>
    /// <exception cref="LeptonException">No place is left.</exception>
    public IDisposable Enter(long? bytes)
    {
        var size = Math.Min(bytes ?? LeptonApi.LargestBodyBytes, LeptonApi.LargestBodyBytes);
        lock (_gate)
        {
            if (_inside >= most || _bytes + size > mostBytes)
            {
                throw LeptonException.Of(
                    ProblemCodes.Busy,
                    $"{_inside} submits of {_bytes >> 10} KiB are being worked on; the limits are {most} and {mostBytes >> 10} KiB.",
                    "Come again in a moment. Maybe the store of this region is slow, or an array of tasks would do instead of many jobs.",
                    retryAfter: TimeSpan.FromSeconds(1));
            }

            _inside++;
            _bytes += size;
        }

        return new Place(this, size);
    }

    private void Leave(long size)
    {
        lock (_gate)
        {
            _inside--;
            _bytes -= size;
        }
    }

    private sealed class Place(SubmitGate gate, long size) : IDisposable
    {
        private int _left;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _left, 1) == 0) gate.Leave(size);
        }
    }
}
