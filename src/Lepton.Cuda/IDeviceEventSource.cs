using System.Threading.Channels;
using Lepton.Model;

namespace Lepton.Cuda;

/// <summary>What happens to devices, in order. Waits on a thread of its own from <see cref="Start"/> on.</summary>
public interface IDeviceEventSource : IDisposable
{
    ChannelReader<DeviceEvent> Events { get; }

    void Start();
}
