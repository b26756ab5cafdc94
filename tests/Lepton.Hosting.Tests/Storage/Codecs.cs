using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Lepton.Hosting.Tests;

/// <summary>The serializer as silos have it.</summary>
internal static class Codecs
{
    public static readonly Serializer Serializer =
        new ServiceCollection().AddSerializer().BuildServiceProvider().GetRequiredService<Serializer>();

    public static readonly StoredMachineCodec Machines = new(Serializer);
}
