using System.Globalization;
using Lepton.Client.Http;
using Lepton.Client.Wire;

namespace Lepton.Client;

public sealed partial class HttpLepton
{
    public Task<TaskDetail> GetTaskAsync(string id, CancellationToken cancel = default) =>
        Get(TaskPath(id), LeptonJson.Default.TaskDetail, cancel);

    public Task<Page<TaskSummary>> ListTasksAsync(TaskFilter filter, CancellationToken cancel = default)
    {
        var query = new Query("api/v1/tasks")
            .With("job", filter.Job)
            .With("state", string.Join(',', filter.States))
            .With("region", filter.Region)
            .With("owner", filter.Owner)
            .With("limit", filter.Limit)
            .With("cursor", filter.Cursor);
        foreach (var (name, value) in filter.Labels) query.With("label", $"{name}={value}");
        return Get(query.ToString(), LeptonJson.Default.PageTaskSummary, cancel);
    }

    public Task<CancelAccepted> CancelTaskAsync(string id, CancelOptions options, CancellationToken cancel = default) =>
        Delete(TaskPath(id), options, cancel);

    public Task<TaskExplanation> ExplainAsync(string id, CancellationToken cancel = default) =>
        Get($"{TaskPath(id)}/explain", LeptonJson.Default.TaskExplanation, cancel);

    public async Task<LogPage> ReadLogAsync(string id, LogRead read, CancellationToken cancel = default)
    {
        var query = new Query($"{TaskPath(id)}/logs")
            .With("attempt", read.Attempt)
            .With("offset", read.Offset)
            .With("limit", read.Limit)
            .ToString();
        using var response = await _wire.Send(() => new HttpRequestMessage(HttpMethod.Get, query), cancel);
        byte[] bytes;
        try
        {
            bytes = await response.Content.ReadAsByteArrayAsync(cancel);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw _wire.Unreachable(e);
        }

        return new LogPage
        {
            Task = Header(response, LeptonHeaders.LogTask),
            TaskState = Header(response, LeptonHeaders.LogTaskState),
            Attempt = (int)Number(response, LeptonHeaders.LogAttempt),
            NewestAttempt = (int)Number(response, LeptonHeaders.LogNewestAttempt),
            Offset = Number(response, LeptonHeaders.LogOffset),
            First = Number(response, LeptonHeaders.LogFirst),
            Length = Number(response, LeptonHeaders.LogLength),
            Complete = Header(response, LeptonHeaders.LogComplete) == "true",
            Bytes = bytes,
        };
    }

    private static string TaskPath(string id) => $"api/v1/tasks/{Query.Segments(id)}";

    private static string Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values)
            ? values.First()
            : throw LeptonException.Of(
                ProblemCodes.UnexpectedAnswer,
                $"{response.RequestMessage?.RequestUri} answered without the header {name}.",
                "Maybe client and server are of different versions: compare `lepton version`.");

    private static long Number(HttpResponseMessage response, string name) =>
        long.TryParse(Header(response, name), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw LeptonException.Of(ProblemCodes.UnexpectedAnswer, $"Header {name} is '{Header(response, name)}', not a number.");
}
