using Lepton.Model;

namespace Lepton.Hosting.Tests;

public sealed class RegionConfigurationTests
{
    private const string Good =
        """
        {
          // One of three.
          "region": "us-east",
          "siloPort": 11111,
          "dataFolder": "data/us-east",
          "fleet": [
            { "region": "us-east", "gateway": "127.0.0.1:30001", "http": "http://127.0.0.1:5001/" },
            { "region": "eu-west", "gateway": "127.0.0.1:30002", "http": "http://127.0.0.1:5002/" },
          ],
          "times": { "nodeLease": "20s" }
        }
        """;

    [Fact]
    public void Reads_a_file_and_fills_in_what_it_does_not_say()
    {
        var configuration = RegionConfigurationFile.Parse(Good, "us-east.json");

        var settings = configuration.ToSettings();
        Assert.Equal(TimeSpan.FromSeconds(20), settings.NodeLease);
        Assert.Equal(TimeSpan.FromSeconds(1), settings.HeartbeatEvery);
        Assert.Equal([new RegionId("us-east"), new RegionId("eu-west")], settings.Fleet);
        Assert.Equal(84.9, Assert.Single(settings.Links.Links).RoundTripMs);
        Assert.Equal(11_069_470, settings.Prices.Prices.Single(p => p.Item == "H100").UsdMicrosPerHour);
        Assert.Equal(new Uri("http://127.0.0.1:5002/"), configuration.ToDirectory().Of(new RegionId("eu-west")).Http);
    }

    [Fact]
    public void Takes_prices_and_links_of_its_own()
    {
        var text = Good.Replace(
            "\"times\"",
            """
            "prices": [{ "item": "cpu", "usdPerHour": 0.05 }],
            "links": [{ "to": "eu-west", "roundTripMs": 70, "megabitPerSecond": 1000, "egressUsdPerGb": 0.01 }],
            "times"
            """,
            StringComparison.Ordinal);

        var settings = RegionConfigurationFile.Parse(text, "us-east.json").ToSettings();

        Assert.Equal(new Price("cpu", 50_000, null), Assert.Single(settings.Prices.Prices));
        Assert.Equal(new Link(new("us-east"), new("eu-west"), 70, 1000, 10_000), Assert.Single(settings.Links.Links));
    }

    [Fact]
    public void Reads_queues_in_cores_gibibytes_and_devices()
    {
        var settings = RegionConfigurationFile.Parse(WithQueues(
            """
            { "name": "lab" },
            { "name": "nlp", "parent": "lab", "weight": 2, "reclaim": "never", "quotas": [
              { "kind": "cpu", "nominal": 1.5, "borrowLimit": 4, "lendLimit": 0 }, { "kind": "memory", "nominal": 2 }, { "kind": "H100", "nominal": 8 } ] }
            """), "us-east.json").ToSettings();

        var nlp = settings.Queues[1];
        Assert.Equal(("nlp", "lab", 2, ReclaimPolicy.Never), (nlp.Name, nlp.Parent, nlp.Weight, nlp.Reclaim));
        Assert.Equal([new QuotaSettings("cpu", 1500, 4000, 0), new QuotaSettings("memory", 2L << 30), new QuotaSettings("H100", 8000)], nlp.Quotas);
        Assert.Empty(RegionConfigurationFile.Parse(Good, "us-east.json").ToSettings().Queues);
    }

    [Fact]
    public void Reads_labels_of_regions_for_everybody()
    {
        var text = Text("""["eu", "gdpr"]""");
        var directory = RegionConfigurationFile.Parse(text, "x.json").ToDirectory();
        Assert.Equal(["eu", "gdpr"], directory.Of(new RegionId("eu-west")).Residency);
        Assert.Empty(directory.Of(new RegionId("us-east")).Residency);
    }

    [Theory]
    [InlineData("""["EU"]""", "fleet[1].residency[0] is 'EU'. Maybe lower-case letters")]
    [InlineData("""["eu", "eu"]""", "fleet[1].residency[1] is 'eu'. Maybe each label once.")]
    [InlineData("""["us-east"]""", "fleet[1].residency[0] is 'us-east'. Maybe a label that is no region's name")]
    [InlineData("\"eu\"", "fleet[1].residency: \"eu\" is not a list. Maybe [eu].")]
    [InlineData("[1]", "fleet[1].residency[0]: 1 is not a text.")]
    public void Refuses_wrong_labels_and_names_the_place(string labels, string error) =>
        Assert.Contains(error, Assert.Throws<InvalidDataException>(() => RegionConfigurationFile.Parse(Text(labels), "x.json")).Message, StringComparison.Ordinal);

    private static string Text(string labels) => $$"""
        {
          "region": "us-east", "siloPort": 11111, "dataFolder": "data",
          "fleet": [
            { "region": "us-east", "gateway": "127.0.0.1:30001", "http": "http://127.0.0.1:5001/" },
            { "region": "eu-west", "gateway": "127.0.0.1:30002", "http": "http://127.0.0.1:5002/", "residency": {{labels}} }
          ]
        }
        """;

    [Theory]
    [InlineData("""{ "name": "A" }""", "queues[0].name")]
    [InlineData("""{ "name": "a" }, { "name": "a" }""", "queues[1].name")]
    [InlineData("""{ "name": "a", "parent": "b" }""", "queues[0].parent")]
    [InlineData("""{ "name": "a", "parent": "b" }, { "name": "b", "parent": "a" }""", "queues[0].parent")]
    [InlineData("""{ "name": "a", "weight": 0 }""", "queues[0].weight")]
    [InlineData("""{ "name": "a", "quotas": [{ "kind": " ", "nominal": 1 }] }""", "queues[0].quotas[0].kind")]
    [InlineData("""{ "name": "a", "quotas": [{ "kind": "cpu", "nominal": 1 }, { "kind": "CPU", "nominal": 1 }] }""", "queues[0].quotas[1].kind")]
    [InlineData("""{ "name": "a", "quotas": [{ "kind": "cpu", "nominal": -1 }] }""", "queues[0].quotas[0].nominal")]
    [InlineData("""{ "name": "a", "quotas": [{ "kind": "cpu", "nominal": 1, "borrowLimit": 1 }] }""", "queues[0].quotas[0].borrowLimit")]
    [InlineData("""{ "name": "a", "quotas": [{ "kind": "cpu", "nominal": 1, "lendLimit": 1 }] }""", "queues[0].quotas[0].lendLimit")]
    [InlineData("""{ "name": "a", "reclaim": "some" }""", "queues[0].reclaim")]
    [InlineData("""{ "name": "a", "preempt": "all" }""", "queues[0].preempt")]
    [InlineData("""{ "name": "a", "colour": 1 }""", "queues[0].colour")]
    public void Refuses_wrong_queues_and_names_the_field(string queues, string place)
    {
        var error = Assert.Throws<InvalidDataException>(() => RegionConfigurationFile.Parse(WithQueues(queues), "us-east.json"));

        Assert.Contains(place, error.Message, StringComparison.Ordinal);
    }

    private static string WithQueues(string queues) => Good.Replace("\"times\"", $"\"queues\": [{queues}], \"times\"", StringComparison.Ordinal);

    [Fact]
    public void Reads_the_same_from_yaml()
    {
        var configuration = RegionConfigurationFile.Parse(
            """
            region: eu-west
            siloPort: 11112
            dataFolder: data/eu-west
            fleet:
              - {region: us-east, gateway: "127.0.0.1:30001", http: "http://127.0.0.1:5001/"}
              - {region: eu-west, gateway: "localhost:30002", http: "http://127.0.0.1:5002"}
            times: {nodeLease: 20s, heartbeatEvery: 500ms}
            limits: {storeBytes: 1GiB, storeQueue: 100, artifactBytes: 2GiB, logBytesPerAttempt: 4MiB, inbox: 500, assignmentsPerPass: 50}
            planning: {standbyNodes: 2, standbyPercent: 12.5, minimumRun: 5m, reserveAfter: 0s, reservations: 4, loadWeight: 0.5, priceWeight: 2, latencyWeight: 3}
            retention: {jobs: 1d, guests: 2d, logs: 3d, artifacts: 4d, logBytes: 1GiB, artifactBytes: 2GiB, sweepEvery: 1m}
            log: warning
            """,
            "eu-west.yaml");

        Assert.Equal([("API", 5002), ("silo", 11112), ("gateway", 30002)], configuration.Ports);
        Assert.Equal("127.0.0.1:30002", configuration.ToDirectory().Of(new RegionId("eu-west")).Gateway);
        Assert.Equal(Path.Combine("data/eu-west", "region.db"), configuration.ToStore().Path);
        Assert.Equal((1L << 30, 100), (configuration.ToStore().MaxSizeBytes, configuration.ToStore().QueueLimit));
        Assert.Equal((2L << 30, 4L << 20), (configuration.ToArtifacts().MaxArtifactBytes, configuration.ToLogs().MaxBytesPerAttempt));
        Assert.Equal((500, 50), (configuration.ToSettings().InboxLimit, configuration.ToSettings().AssignmentsPerPass));
        Assert.Equal(TimeSpan.FromMilliseconds(500), configuration.ToSettings().HeartbeatEvery);
        var settings = configuration.ToSettings();
        Assert.Equal((2, 12.5, 4), (settings.StandbyNodes, settings.StandbyPercent, settings.Reservations));
        Assert.Equal((TimeSpan.FromMinutes(5), TimeSpan.Zero), (settings.MinimumRun, settings.ReserveAfter));
        Assert.Equal(
            (1, 2, 3, 4),
            (configuration.Retention.Jobs.Days, configuration.Retention.Guests.Days, configuration.Retention.Logs.Days, configuration.Retention.Artifacts.Days));
        Assert.Equal("warning", configuration.Log);
        foreach (var errors in new[] { configuration.ToStore().Errors(), configuration.ToArtifacts().Errors(), configuration.ToLogs().Errors(), configuration.Retention.Errors() })
        {
            Assert.Empty(errors);
        }
    }

    [Fact]
    public void Lists_every_error_with_file_line_value_and_what_to_do()
    {
        var text =
            """
            region: US East
            siloPort: 0
            dataFolder: ~/data
            fleet:
              - {region: a, gateway: a, http: "ftp://a"}
              - {region: a, gateway: "10.0.0.2:30001", http: "http://10.0.0.2:8080"}
            times: {nodeLease: 2s, leaseMargin: 0s, delegationLease: 2s}
            limits: {storeBytes: 1KiB, storeQueue: 0, artifactBytes: 1B, logBytesPerAttempt: 1MiB, inbox: 1, assignmentsPerPass: 0}
            planning: {standbyNodes: -1, standbyPercent: 91, minimumRun: 8d, reserveAfter: 8d, reservations: 1001, priceWeight: 101}
            retention: {jobs: 1s, logBytes: 1B, sweepEvery: 2d}
            log: loud
            prices: [{item: "", usdPerHour: -1, spotUsdPerHour: -1}]
            links: [{to: z, roundTripMs: -1, megabitPerSecond: 0, egressUsdPerGb: -1}]
            """;

        var error = Assert.Throws<InvalidDataException>(() => RegionConfigurationFile.Parse(text, "bad.yaml"));

        foreach (var line in new[]
        {
            "bad.yaml:1:9: region is 'US East'. Maybe lower-case", "bad.yaml:2:11: siloPort is '0'. Maybe 1 to 65,535.", "bad.yaml:3:13: dataFolder is '~/data'.",
            "fleet is 'a, a'. Maybe a fleet with 'US East' in it.", "bad.yaml:5:26: fleet[0].gateway is 'a'. Maybe host:port.", "fleet[0].http is 'ftp://a'.",
            "fleet[1].region is 'a'. Maybe each region once.", "fleet[1].gateway is '10.0.0.2:30001'. Maybe 127.0.0.1:30001: without authentication",
            "fleet[1].http is 'http://10.0.0.2:8080'. Maybe http://127.0.0.1:8080/: without authentication",
            "bad.yaml:7:20: times.nodeLease is '2s'. Maybe at least three heartbeats (3s).", "times.leaseMargin is '0s'. Maybe 100ms to 10m.", "times.delegationLease is '2s'.",
            "limits.storeBytes is '1024'.", "limits.storeQueue is '0'.", "limits.artifactBytes is '1'.", "limits.logBytesPerAttempt is '1048576'.", "limits.inbox is '1'.",
            "limits.assignmentsPerPass is '0'.", "planning.standbyNodes is '-1'.", "planning.standbyPercent is '91'. Maybe 0 to 90 percent.",
            "planning.minimumRun is '8d'. Maybe 0s to 7d.", "planning.reserveAfter is '8d'.", "planning.reservations is '1001'.", "planning.priceWeight is '101'. Maybe 0 to 100.", "retention.jobs is '1s'.", "retention.logBytes is '1'.", "retention.sweepEvery is '2d'.",
            "log is 'loud'. Maybe one of error, warning, information, debug.", "prices[0].item is ''.", "prices[0].usdPerHour is '-1'.", "prices[0].spotUsdPerHour is '-1'.",
            "links[0].to is 'z'.", "links[0].roundTripMs is '-1'.", "links[0].megabitPerSecond is '0'.", "links[0].egressUsdPerGb is '-1'.",
        })
        {
            Assert.Contains(line, error.Message, StringComparison.Ordinal);
        }

        Assert.All(error.Message.Split(Environment.NewLine), line => Assert.Matches(@"^bad\.yaml:\d+:\d+: .+ Maybe .+\.$", line));
    }

    [Theory]
    [InlineData("\"siloPort\": 11111,", "\"siloPort\": 11111, \"colour\": 1,", "us-east.json:4:22: colour: there is no such field. Maybe one of region, siloPort")]
    [InlineData("\"siloPort\"", "\"siloport\"", "siloport: there is no such field. Maybe siloPort.")]
    [InlineData("\"nodeLease\"", "\"nodeLaese\"", "us-east.json:10:14: times.nodeLaese: there is no such field. Maybe nodeLease.")]
    [InlineData("\"siloPort\": 11111,", "", "us-east.json:1:1: siloPort is missing. Maybe add siloPort: 11111.")]
    [InlineData("\"siloPort\": 11111,", "\"siloPort\": \"many\",", "us-east.json:4:15: siloPort: \"many\" is not a whole number.")]
    [InlineData("\"siloPort\": 11111,", "\"siloPort\": \"11111\",", "Maybe 11111, without quotes.")]
    [InlineData("\"dataFolder\": \"data/us-east\"", "\"dataFolder\": null", "us-east.json:5:17: dataFolder has no value.")]
    [InlineData("\"dataFolder\": \"data/us-east\"", "\"dataFolder\": 7", "dataFolder: 7 is not a text. Maybe \"7\", in quotes.")]
    [InlineData("\"gateway\": \"127.0.0.1:30001\", ", "", "us-east.json:7:5: fleet[0].gateway is missing.")]
    [InlineData("\"20s\"", "20", "times.nodeLease: 20 is not a duration. Maybe 20s.")]
    [InlineData("\"20s\"", "\"20 seconds\"", "times.nodeLease: \"20 seconds\" is not a duration. Maybe 20s.")]
    [InlineData("{ \"nodeLease\": \"20s\" }", "[]", "times: a list is not a map of fields.")]
    [InlineData("127.0.0.1:30002", "127.0.0.1:30001", "fleet[1].gateway is '127.0.0.1:30001'. Maybe another port: 30001 is that of fleet[0].gateway.")]
    [InlineData("\"siloPort\": 11111", "\"siloPort\": 5001", "Maybe another port: 5001 is that of siloPort.")]
    [InlineData("\"region\": \"us-east\",\n", "\"region\": \"us-east\", \"region\": \"us-east\",\n", "region stands twice.")]
    public void Refuses_what_it_does_not_understand_and_names_the_place(string part, string instead, string named)
    {
        Assert.Contains(part, Good, StringComparison.Ordinal);
        var error = Assert.Throws<InvalidDataException>(
            () => RegionConfigurationFile.Parse(Good.Replace(part, instead, StringComparison.Ordinal), "us-east.json"));

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.All(error.Message.Split(Environment.NewLine), line => Assert.StartsWith("us-east.json:", line, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("")]
    [InlineData("   \n")]
    [InlineData("just words")]
    [InlineData("[1, 2]")]
    [InlineData("{\"region\": ")]
    [InlineData("region: &a us-east")]
    [InlineData("region: [unclosed")]
    public void Refuses_text_that_is_no_configuration_at_all(string text) =>
        Assert.StartsWith("x.yaml", Assert.Throws<InvalidDataException>(() => RegionConfigurationFile.Parse(text, "x.yaml")).Message, StringComparison.Ordinal);

    [Fact]
    public void Takes_the_data_folder_as_relative_to_the_file()
    {
        using var folder = new TempFolder();
        var file = Path.Combine(folder.Path, "us-east.json");
        File.WriteAllText(file, Good);
        Assert.Equal(Path.Combine(folder.Path, "data", "us-east"), RegionConfigurationFile.Read(file).DataFolder);
    }

    public static TheoryData<string> Examples() => ["us-east", "eu-west", "ap-south"];

    [Theory]
    [MemberData(nameof(Examples))]
    public void Every_example_of_the_repository_is_right_and_all_agree(string region)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "examples");
        var configuration = RegionConfigurationFile.Read(Path.Combine(folder, $"{region}.yaml"));
        Assert.Equal(region, configuration.Region);
        Assert.Equal(RegionConfigurationFile.Read(Path.Combine(folder, "us-east.yaml")).Fleet, configuration.Fleet);
        Assert.Equal(new RegionTimes(), configuration.Times);
        Assert.Equal(new RegionLimits(), configuration.Limits);
    }

    [Fact]
    public void Names_a_file_that_is_not_there() =>
        Assert.Contains("/nowhere/x.json", Assert.Throws<InvalidDataException>(() => RegionConfigurationFile.Read("/nowhere/x.json")).Message, StringComparison.Ordinal);

    [Fact]
    public void Every_pair_of_default_regions_has_a_link_and_every_region_the_same_items()
    {
        Assert.Equal(3, RegionDefaults.Regions.Count);
        foreach (var region in RegionDefaults.Regions)
        {
            var links = RegionDefaults.LinksFrom(region, RegionDefaults.Regions).Links;
            Assert.Equal(2, links.Length);
            Assert.All(links, l => Assert.True(l.RoundTripMs > 1 && l.MegabitPerSecond > 1 && l.EgressUsdMicrosPerGb > 0));
            var book = RegionDefaults.PricesOf(region);
            Assert.Equal(["cpu", "L4", "A100-40GB", "A100-80GB", "H100"], book.Prices.Select(p => p.Item));
            Assert.All(book.Prices, p => Assert.InRange(p.SpotUsdMicrosPerHour!.Value, 1, p.UsdMicrosPerHour));
            Assert.NotEmpty(book.AsOf);
        }
    }

    [Fact]
    public void A_region_of_another_name_has_no_prices_and_no_links()
    {
        Assert.Empty(RegionDefaults.PricesOf(new RegionId("mars")).Prices);
        Assert.Empty(RegionDefaults.LinksFrom(new RegionId("mars"), RegionDefaults.Regions).Links);
    }
}
