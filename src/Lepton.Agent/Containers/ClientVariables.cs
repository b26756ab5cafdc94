namespace Lepton.Agent.Containers;

/// <summary>The environment of the engine's own program: what it finds its daemon, its configuration and its logins by. Nothing that a task says is in it.</summary>
internal static class ClientVariables
{
    private static readonly string[] s_passed =
    [
        "PATH", "HOME", "USER", "LANG", "LC_ALL", "TZ", "TMPDIR", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "DBUS_SESSION_BUS_ADDRESS",
        "DOCKER_HOST", "DOCKER_CONFIG", "DOCKER_CONTEXT", "DOCKER_CERT_PATH", "DOCKER_TLS_VERIFY",
        "CONTAINER_HOST", "CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF", "REGISTRY_AUTH_FILE",
        "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
    ];

    public static SortedDictionary<string, string> Make()
    {
        var variables = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var name in s_passed)
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value) variables[name] = value;
        }
        return variables;
    }
}
