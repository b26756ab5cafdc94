using Lepton.Specs;

namespace Lepton.Hosting;

/// <summary>
/// Reads a <see cref="RegionConfiguration"/> from YAML or JSON (comments are fine in both). A field it does not know is an error, and every
/// error is told at once with file, line and column.
/// </summary>
public static class RegionConfigurationFile
{
    /// <exception cref="InvalidDataException">Not there, unreadable, or wrong: the message has every error, each on a line of its own.</exception>
    public static RegionConfiguration Read(string path)
    {
        SettingsFile file;
        try
        {
            file = SettingsFile.Read(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"The region file '{path}' cannot be read: {e.Message} Maybe the path is wrong.", e);
        }

        var configuration = From(file);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        return configuration with { DataFolder = Path.GetFullPath(configuration.DataFolder, folder) };
    }

    /// <param name="name">What the text is called in messages.</param>
    /// <exception cref="InvalidDataException">Wrong: the message has every error.</exception>
    public static RegionConfiguration Parse(string text, string name) => From(SettingsFile.Parse(text, name));

    private static RegionConfiguration From(SettingsFile file)
    {
        var configuration = file.Root is { } root ? Whole(root) : null;
        // What could not be read stands in for nothing: only what was read is judged.
        var judged = configuration is null ? [] : RegionConfigurationValidator.Errors(configuration).Where(e => !file.IsWrong(e.Path)).ToList();
        foreach (var error in judged) file.Add(error.Path, error.Message, error.Hint);
        return file.Errors.IsEmpty ? configuration! : throw new InvalidDataException(string.Join(Environment.NewLine, file.Errors));
    }

    private static RegionConfiguration Whole(SettingsMap map)
    {
        map.Require("region", "us-east").Require("siloPort", "11111").Require("dataFolder", "data/us-east").Require("fleet", "[...]");
        var configuration = new RegionConfiguration
        {
            Region = map.Text("region") ?? "",
            SiloPort = map.Whole("siloPort") ?? 0,
            DataFolder = map.Text("dataFolder") ?? "",
            Fleet = [.. (map.Maps("fleet") ?? []).Select(Member)],
            Times = map.Map("times") is { } times ? Times(times) : new(),
            Limits = map.Map("limits") is { } limits ? Limits(limits) : new(),
            Planning = map.Map("planning") is { } planning ? Planning(planning) : new(),
            Retention = map.Map("retention") is { } retention ? Retention(retention) : new(),
            Log = map.Text("log") ?? "error",
            Prices = map.Maps("prices")?.Select(Price).ToList(),
            Links = map.Maps("links")?.Select(Link).ToList(),
            Queues = map.Maps("queues")?.Select(QueueEntry.Read).ToList(),
        };
        map.Done();
        return configuration;
    }

    private static FleetMember Member(SettingsMap map)
    {
        map.Require("region", "us-east").Require("gateway", "127.0.0.1:30001").Require("http", "http://127.0.0.1:8080/");
        var member = new FleetMember(map.Text("region") ?? "", map.Text("gateway") ?? "", map.Text("http") ?? "") { Residency = map.Texts("residency") ?? [] };
        map.Done();
        return member;
    }

    private static RegionTimes Times(SettingsMap map)
    {
        var usual = new RegionTimes();
        var times = new RegionTimes
        {
            NodeLease = map.Time("nodeLease") ?? usual.NodeLease,
            HeartbeatEvery = map.Time("heartbeatEvery") ?? usual.HeartbeatEvery,
            LeaseMargin = map.Time("leaseMargin") ?? usual.LeaseMargin,
            DelegationLease = map.Time("delegationLease") ?? usual.DelegationLease,
            RegionBeatEvery = map.Time("regionBeatEvery") ?? usual.RegionBeatEvery,
        };
        map.Done();
        return times;
    }

    private static RegionLimits Limits(SettingsMap map)
    {
        var usual = new RegionLimits();
        var limits = new RegionLimits
        {
            StoreBytes = map.Size("storeBytes") ?? usual.StoreBytes,
            StoreQueue = map.Whole("storeQueue") ?? usual.StoreQueue,
            ArtifactBytes = map.Size("artifactBytes") ?? usual.ArtifactBytes,
            LogBytesPerAttempt = map.Size("logBytesPerAttempt") ?? usual.LogBytesPerAttempt,
            Inbox = map.Whole("inbox") ?? usual.Inbox,
            AssignmentsPerPass = map.Whole("assignmentsPerPass") ?? usual.AssignmentsPerPass,
        };
        map.Done();
        return limits;
    }

    private static RegionPlanning Planning(SettingsMap map)
    {
        var usual = new RegionPlanning();
        var planning = new RegionPlanning
        {
            StandbyNodes = map.Whole("standbyNodes") ?? usual.StandbyNodes,
            StandbyPercent = map.Number("standbyPercent") ?? usual.StandbyPercent,
            MinimumRun = map.Time("minimumRun") ?? usual.MinimumRun,
            ReserveAfter = map.Time("reserveAfter") ?? usual.ReserveAfter,
            Reservations = map.Whole("reservations") ?? usual.Reservations,
            LoadWeight = map.Number("loadWeight") ?? usual.LoadWeight,
            PriceWeight = map.Number("priceWeight") ?? usual.PriceWeight,
            LatencyWeight = map.Number("latencyWeight") ?? usual.LatencyWeight,
        };
        map.Done();
        return planning;
    }

    private static RetentionOptions Retention(SettingsMap map)
    {
        var usual = new RetentionOptions();
        var retention = new RetentionOptions
        {
            Jobs = map.Time("jobs") ?? usual.Jobs,
            Guests = map.Time("guests") ?? usual.Guests,
            Logs = map.Time("logs") ?? usual.Logs,
            Artifacts = map.Time("artifacts") ?? usual.Artifacts,
            MaxLogBytes = map.Size("logBytes") ?? usual.MaxLogBytes,
            MaxArtifactBytes = map.Size("artifactBytes") ?? usual.MaxArtifactBytes,
            SweepEvery = map.Time("sweepEvery") ?? usual.SweepEvery,
        };
        map.Done();
        return retention;
    }

    private static PriceEntry Price(SettingsMap map)
    {
        map.Require("item", "cpu").Require("usdPerHour", "0.05");
        var price = new PriceEntry(map.Text("item") ?? "", map.Number("usdPerHour") ?? 0, map.Number("spotUsdPerHour"));
        map.Done();
        return price;
    }

    private static LinkEntry Link(SettingsMap map)
    {
        map.Require("to", "eu-west").Require("roundTripMs", "80").Require("megabitPerSecond", "1000").Require("egressUsdPerGb", "0.02");
        var link = new LinkEntry(
            map.Text("to") ?? "", (double)(map.Number("roundTripMs") ?? 0), (double)(map.Number("megabitPerSecond") ?? 1), map.Number("egressUsdPerGb") ?? 0);
        map.Done();
        return link;
    }
}
