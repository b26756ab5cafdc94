using Microsoft.AspNetCore.OpenApi;

namespace Lepton.Api;

/// <summary>The head of the OpenAPI document.</summary>
internal static class ApiDescription
{
    public static void Configure(OpenApiOptions options) =>
        options.AddDocumentTransformer((document, _, _) =>
        {
            document.Info.Title = "Lepton";
            document.Info.Version = "v1";
            document.Info.Description =
                "One scheduler for all GPUs of an organisation. Ids are <ownerRegion>.<key> for jobs and <job>/<index> for tasks; " +
                "any unambiguous prefix is accepted. Errors are application/problem+json with code, detail and hint.";
            return Task.CompletedTask;
        });
}
