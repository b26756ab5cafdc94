using Lepton.Model;

namespace Lepton.Simulation.Faults.Planted;

/// <summary>Forgotten check of the region epoch: a node takes an offer of any epoch for one of the newest. Breaks rule 7.</summary>
public sealed class ObeysOldRegions : Sabotage
{
    private readonly Dictionary<Address, Epoch> _newest = [];

    internal override Message? Arriving(Address to, Message message)
    {
        if (message is not Offer offer) return message;
        var newest = _newest.GetValueOrDefault(to);
        if (offer.RegionEpoch >= newest)
        {
            _newest[to] = offer.RegionEpoch;
            return message;
        }

        return offer with { RegionEpoch = newest };
    }
}
