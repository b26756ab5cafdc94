using System.Text.Json.Serialization;
using Lepton.Cli.Doctor;

namespace Lepton.Cli.Output;

/// <summary>A setting as <c>config list</c> writes it.</summary>
internal sealed record SettingLine(string Key, string Value, string From);

/// <summary>A context as <c>config contexts</c> writes it.</summary>
internal sealed record ContextLine(string Name, bool Current, string? Server, string? Output);

/// <summary>What this program itself writes as JSON; everything else is the body of the REST API.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SettingLine[]))]
[JsonSerializable(typeof(ContextLine[]))]
[JsonSerializable(typeof(Finding[]))]
internal sealed partial class CliJson : JsonSerializerContext;
