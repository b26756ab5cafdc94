namespace Lepton.Cli.Settings;

/// <summary>Addresses of servers as people write them.</summary>
internal static class ServerAddress
{
    public const string Default = "http://127.0.0.1:8080";

    public static bool IsOne(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https";
}
