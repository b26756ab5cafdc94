using Lepton.Model;
using Microsoft.Extensions.Logging;

namespace Lepton.Grains;

public abstract partial class MachineGrain
{
    [LoggerMessage(1, LogLevel.Error, "{Self}: a cycle failed; the activation is thrown away and rebuilt from the store.")]
    private static partial void LogCycleFailed(ILogger log, Exception error, Address self);

    [LoggerMessage(2, LogLevel.Warning, "{Self}: the row changed behind version {ETag}: another activation lives; this one ends.")]
    private static partial void LogConflict(ILogger log, Address self, long eTag);

    [LoggerMessage(3, LogLevel.Error, "A message to {To} could not be delivered; it will be repeated.")]
    private static partial void LogDeliveryFailed(ILogger log, Exception error, Address to);
}
