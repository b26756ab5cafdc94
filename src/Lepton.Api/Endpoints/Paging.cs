using Lepton.Client;
using Lepton.Client.Wire;

namespace Lepton.Api.Endpoints;

/// <summary>Reads of parameters that several lists share.</summary>
internal static class Paging
{
    /// <exception cref="LeptonException">Not 1 to 500.</exception>
    public static int Limit(int? limit) =>
        limit is null or (>= 1 and <= ListLimits.Longest)
            ? limit ?? ListLimits.Default
            : throw LeptonException.Of(
                ProblemCodes.BadParameter,
                $"limit is {limit}; allowed are 1 to {ListLimits.Longest}.",
                "Ask for pages: give nextCursor back as cursor.");
}
