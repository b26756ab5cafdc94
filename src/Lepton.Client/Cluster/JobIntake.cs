using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Lepton.Client.Wire;
using Lepton.Contracts;
using Lepton.Model;
using Lepton.Specs;

namespace Lepton.Client.Cluster;

/// <summary>From the text of a spec to the message for its job: reads it, picks the job's id and owner, and judges whether it can ever run.</summary>
internal sealed class JobIntake(RegionDirectory directory, TimeProvider time)
{
    /// <summary>Endpoint part of the scope of an idempotency key.</summary>
    public const string Endpoint = "tasks";

    /// <exception cref="LeptonException">Every error of the spec, with its place.</exception>
    public (JobSpec Spec, string Yaml) Read(string json)
    {
        var context = SpecContext.None with
        {
            KnownRegions = [.. directory.Regions.Select(r => r.Region)],
            ResidencyLabels = directory.Regions.ToImmutableDictionary(r => r.Region, r => r.Residency.IsDefault ? [] : r.Residency),
        };
        var result = SpecReader.Read(json, SpecFormat.Json, context);
        if (result.Spec is { } spec) return (spec, spec.Source);
        throw LeptonException.Of(
            ProblemCodes.InvalidSpec,
            result.Errors.Length == 1 ? result.Errors[0].ToString() : $"The spec has {result.Errors.Length} errors; the first: {result.Errors[0]}",
            "Every error is listed; the schema of each kind is at /api/v1/schema/{kind}.",
            [.. result.Errors.Select(Wire)]);
    }

    /// <summary>The message to the job's machine; the same key gives the same job, whichever region is asked.</summary>
    public SubmitJob MessageFor(JobSpec spec, string? key, RegionId owner)
    {
        var job = key is null ? JobIds.Random(owner, time.GetUtcNow()) : JobIds.FromKey(owner, TenantId.Default, Endpoint, key);
        return new SubmitJob(job, spec, HashOf(spec.Source));
    }

    /// <summary>The region that a key belongs to; without a key the one that is asked.</summary>
    public RegionId HomeOf(string? key)
    {
        if (key is null || IdempotencyKey.Parse(key).Owner is not { } owner) return directory.Self;
        if (directory.Regions.Any(r => r.Region == owner)) return owner;
        throw LeptonException.Of(
            ProblemCodes.BadParameter,
            $"Idempotency-Key '{key}' belongs to region '{owner}', which is not in this fleet.",
            $"Known are: {string.Join(", ", directory.Regions.Select(r => r.Region))}.");
    }

    /// <summary>
    /// The regions that may own a job of this residency instead of the one that its key belongs to, best first. Under a key there is one, and always the
    /// same: a repeat must meet the job that the first try made, whoever answers that day.
    /// </summary>
    public static ImmutableArray<RegionId> OwnersFor(Residency residency, string? key) => key is null
        ? residency.Regions
        : [.. residency.Regions.OrderBy(r => JobIds.FromKey(r, TenantId.Default, Endpoint, key).Key, StringComparer.Ordinal).Take(1)];

    public static SpecCheck Check(JobSpec spec, string yaml) => new()
    {
        Kind = spec.Kind,
        Name = spec.Name,
        Tasks = spec.TaskCount,
        Groups =
        [
            .. spec.Groups.Select(g => new SpecGroup
            {
                Name = g.Name,
                Tasks = g.Count,
                DependsOn = g.DependsOn.IsDefault ? [] : g.DependsOn,
                Demand = WireMap.Of(g.Template.Demand),
            }),
        ],
        Spec = yaml,
    };

    /// <summary>Of the canonical text: the same spec with other blanks is the same body.</summary>
    private static string HashOf(string canonical) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)));

    private static ProblemError Wire(SpecError error) => new()
    {
        Path = error.Path.Length == 0 ? null : error.Path,
        Line = error.Line == 0 ? null : error.Line,
        Column = error.Column == 0 ? null : error.Column,
        Message = error.Message,
        Hint = error.Hint,
    };
}
