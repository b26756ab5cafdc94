using System.Collections.Immutable;
using Lepton.Api.Errors;
using Lepton.Client;
using Lepton.Client.Wire;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace Lepton.Api.Endpoints;

/// <summary>
/// Tasks: list, one, attempts, explain, cancel. A task is addressed as <c>/tasks/{job}/{index}</c>, or as <c>/tasks/{id}</c> with an id whose
/// slash is escaped or a job that has one task.
/// </summary>
internal static class TaskEndpoints
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/tasks", List)
            .WithName("ListTasks").WithTags("tasks").WithSummary("Tasks, newest first, paged")
            .Takes("job", "state", "region", "label", "owner", "limit", "cursor")
            .Produces<Page<TaskSummary>>().Fails(404, 409);
        api.MapGet("/tasks/{job}/{index:int}", (string job, int index, ILepton l, CancellationToken c) => Get(Answers.Id(job, index), l, c))
            .WithName("GetTask").WithTags("tasks").WithSummary("One task with its attempts").Takes()
            .Produces<TaskDetail>().Fails(404, 409);
        api.MapGet("/tasks/{id}", (string id, ILepton l, CancellationToken c) => Get(Answers.Id(id), l, c))
            .WithName("GetTaskById").WithTags("tasks").WithSummary("One task by its whole id or the id of a job of one task").Takes()
            .Produces<TaskDetail>().Fails(404, 409);
        api.MapGet("/tasks/{job}/{index:int}/attempts", (string job, int index, ILepton l, CancellationToken c) => Attempts(Answers.Id(job, index), l, c))
            .WithName("ListAttempts").WithTags("tasks").WithSummary("The runs of a task, oldest first").Takes()
            .Produces<Page<TaskAttempt>>().Fails(404, 409);
        api.MapGet("/tasks/{id}/attempts", (string id, ILepton l, CancellationToken c) => Attempts(Answers.Id(id), l, c))
            .WithName("ListAttemptsById").WithTags("tasks").WithSummary("The runs of a task, oldest first").Takes()
            .Produces<Page<TaskAttempt>>().Fails(404, 409);
        api.MapGet("/tasks/{job}/{index:int}/explain", (string job, int index, ILepton l, CancellationToken c) => Explain(Answers.Id(job, index), l, c))
            .WithName("ExplainTask").WithTags("tasks").WithSummary("Why the task is where it is, and what would help").Takes()
            .Produces<TaskExplanation>().Fails(404, 409);
        api.MapGet("/tasks/{id}/explain", (string id, ILepton l, CancellationToken c) => Explain(Answers.Id(id), l, c))
            .WithName("ExplainTaskById").WithTags("tasks").WithSummary("Why the task is where it is, and what would help").Takes()
            .Produces<TaskExplanation>().Fails(404, 409);
        api.MapDelete(
                "/tasks/{job}/{index:int}",
                (string job, int index, string? reason, bool? force, ILepton l, CancellationToken c) => Cancel(Answers.Id(job, index), reason, force, l, c))
            .WithName("CancelTask").WithTags("tasks").WithSummary("Ask the task to end; answers once the wish is durable").Takes("reason", "force")
            .Produces<CancelAccepted>(StatusCodes.Status202Accepted).Fails(404, 409, 415);
        api.MapDelete(
                "/tasks/{id}",
                (string id, string? reason, bool? force, ILepton l, CancellationToken c) => Cancel(Answers.Id(id), reason, force, l, c))
            .WithName("CancelTaskById").WithTags("tasks").WithSummary("Ask the task to end; answers once the wish is durable").Takes("reason", "force")
            .Produces<CancelAccepted>(StatusCodes.Status202Accepted).Fails(404, 409, 415);
    }

    private static async Task<IResult> List(
        ILepton lepton,
        CancellationToken cancel,
        string? job = null,
        string? state = null,
        string? region = null,
        [FromQuery(Name = "label")] string[]? labels = null,
        string? owner = null,
        int? limit = null,
        string? cursor = null)
    {
        var page = await lepton.ListTasksAsync(
            new TaskFilter
            {
                Job = job,
                States = States(state),
                Region = region,
                Labels = Labels(labels ?? []),
                Owner = owner,
                Limit = Paging.Limit(limit),
                Cursor = cursor,
            },
            cancel);
        return Results.Json(page, LeptonJson.Default.PageTaskSummary);
    }

    private static async Task<IResult> Get(string id, ILepton lepton, CancellationToken cancel) =>
        Results.Json(await lepton.GetTaskAsync(id, cancel), LeptonJson.Default.TaskDetail);

    private static async Task<IResult> Attempts(string id, ILepton lepton, CancellationToken cancel)
    {
        var task = await lepton.GetTaskAsync(id, cancel);
        var page = new Page<TaskAttempt>
        {
            Items = task.Attempts,
            Total = task.Attempt,
            Truncated = task.Attempt > task.Attempts.Length,
        };
        return Results.Json(page, LeptonJson.Default.PageTaskAttempt);
    }

    private static async Task<IResult> Explain(string id, ILepton lepton, CancellationToken cancel) =>
        Results.Json(await lepton.ExplainAsync(id, cancel), LeptonJson.Default.TaskExplanation);

    private static async Task<IResult> Cancel(string id, string? reason, bool? force, ILepton lepton, CancellationToken cancel)
    {
        var accepted = await lepton.CancelTaskAsync(id, new CancelOptions(reason, force ?? false), cancel);
        return Results.Json(accepted, LeptonJson.Default.CancelAccepted, statusCode: StatusCodes.Status202Accepted);
    }

    /// <summary>States are written in any case and come out in their one spelling.</summary>
    private static ImmutableArray<string> States(string? text) =>
    [
        .. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(given =>
            TaskStates.All.FirstOrDefault(s => string.Equals(s, given, StringComparison.OrdinalIgnoreCase))
            ?? throw LeptonException.Of(
                ProblemCodes.BadParameter,
                $"state '{given}' is not known.",
                $"Known are: {string.Join(", ", TaskStates.All)}.")),
    ];

    private static ImmutableSortedDictionary<string, string> Labels(string[] given)
    {
        var labels = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        foreach (var text in given)
        {
            var equals = text.IndexOf('=', StringComparison.Ordinal);
            if (equals < 1) throw LeptonException.Of(ProblemCodes.BadParameter, $"label '{text}' is not name=value.", "Write it as label=team=nlp.");
            labels[text[..equals]] = text[(equals + 1)..];
        }

        return labels.ToImmutable();
    }
}
