using Lepton.Agent.Attempts;
using Microsoft.Extensions.Logging;

namespace Lepton.Agent.Devices.Watching;

/// <summary>What an attempt has used so far, on disk: the next agent goes on counting from there.</summary>
internal sealed class UsageFile(AttemptFolder folder, ILogger log)
{
    private readonly string _path = Path.Combine(folder.Path, "usage.json");

    public UsageSoFar? Read()
    {
        try
        {
            return File.Exists(_path) ? AgentJson.Read<UsageSoFar>(File.ReadAllText(_path)) : null;
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            DeviceEvents.UsageNotKept(log, _path, unreadable);
            return null;
        }
    }

    public void Write(UsageSoFar usage)
    {
        try
        {
            WholeFile.Write(_path, AgentJson.Write(usage));
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            DeviceEvents.UsageNotKept(log, _path, unwritable);
        }
    }
}
