using Lepton.Client.Wire;
using Lepton.Fakes;

namespace Lepton.Api.Tests.Errors;

public sealed class ErrorTests
{
    [Fact]
    public async Task Names_a_path_that_does_not_exist()
    {
        await using var server = await ApiServer.Start();
        var problem = await server.Refused(HttpMethod.Get, "/api/v1/gpus", 404, ProblemCodes.NotFound);
        Assert.Contains("/api/v1/gpus", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Names_the_methods_that_a_path_takes()
    {
        await using var server = await ApiServer.Start();
        var problem = await server.Refused(HttpMethod.Put, "/api/v1/tasks", 405, ProblemCodes.MethodNotAllowed, "{}");
        Assert.Contains("PUT", problem.Detail, StringComparison.Ordinal);
        Assert.Contains("POST", problem.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Shows_nothing_of_the_inside_when_the_server_fails()
    {
        await using var server = await ApiServer.Start();
        server.Lepton.Failure = new InvalidOperationException("secret at /var/lib/x");
        var problem = await server.Refused(HttpMethod.Get, "/api/v1/version", 500, ProblemCodes.Internal);
        Assert.DoesNotContain("secret", problem.Detail, StringComparison.Ordinal);
        Assert.Contains(problem.TraceId!, problem.Hint, StringComparison.Ordinal);
    }
}
