using System.Text.Json;
using Lepton.Client;
using Lepton.Client.Wire;
using Lepton.Fakes;

namespace Lepton.Api.Tests.Endpoints;

public sealed class JobTests
{
    [Fact]
    public async Task Describes_a_job_with_the_spec_it_came_from()
    {
        await using var server = await ApiServer.Start();
        var job = FakeLepton.AJob("us-east.01AAA");
        server.Lepton.Jobs.Add(job);
        var got = await server.Client.GetJobAsync(job.Id);
        Assert.Equal(JsonSerializer.Serialize(job, LeptonJson.Default.JobDetail), JsonSerializer.Serialize(got, LeptonJson.Default.JobDetail));
        Assert.Contains("kind: Task", got.Spec, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Says_that_there_is_no_such_job()
    {
        await using var server = await ApiServer.Start();
        await server.Refused(HttpMethod.Get, "/api/v1/jobs/us-east.01B", 404, ProblemCodes.NotFound);
    }

    [Fact]
    public async Task Hands_every_filter_of_a_list_on()
    {
        await using var server = await ApiServer.Start();
        var filter = new JobFilter { Name = "x", LiveOnly = true, IdPrefix = "01", Owner = "eu-west", Limit = 9, Cursor = "0" };
        await server.Client.ListJobsAsync(filter);
        Assert.Equal(filter, server.Lepton.LastJobFilter);
    }

    [Theory]
    [InlineData("limit=-1")]
    [InlineData("live=maybe")]
    [InlineData("filter=x")]
    public async Task Refuses_a_parameter_it_cannot_use(string query)
    {
        await using var server = await ApiServer.Start();
        await server.Refused(HttpMethod.Get, $"/api/v1/jobs?{query}", 400, ProblemCodes.BadParameter);
    }

    [Fact]
    public async Task Cancels_all_tasks()
    {
        await using var server = await ApiServer.Start();
        var accepted = await server.Client.CancelJobAsync("us-east.01AAA", new CancelOptions("done", true));
        Assert.Equal(("us-east.01AAA", "Job", true), (accepted.Id, accepted.Kind, accepted.Force));
        Assert.Equal(new CancelOptions("done", true), Assert.Single(server.Lepton.Cancels).Options);
    }
}
