using System.Text.Json;

namespace Lepton.Hosting;

/// <summary>Reads a <see cref="RegionConfiguration"/> from JSON. Comments and trailing commas are fine; a word it does not know is an error.</summary>
public static class RegionConfigurationFile
{
    // By reflection: a source-generated reader forgets the defaults of members that a file leaves out.
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Strict)
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        ReadCommentHandling = JsonCommentHandling.Skip,
        AllowTrailingCommas = true,
    };

    /// <exception cref="InvalidDataException">Not there, not JSON, or wrong: the message names the file and every error.</exception>
    public static RegionConfiguration Read(string path)
    {
        string text;
        try
        {
            text = File.ReadAllText(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InvalidDataException($"The region file '{path}' cannot be read: {e.Message} Maybe the path is wrong.", e);
        }

        return Parse(text, path);
    }

    /// <param name="name">What the text is called in messages.</param>
    /// <exception cref="InvalidDataException">Not JSON, or wrong: the message has every error.</exception>
    public static RegionConfiguration Parse(string text, string name)
    {
        RegionConfiguration configuration;
        try
        {
            configuration = JsonSerializer.Deserialize<RegionConfiguration>(text, Json)
                ?? throw new InvalidDataException($"The region file '{name}' holds nothing. Maybe it was cut short.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"The region file '{name}' cannot be read, line {e.LineNumber + 1}: {e.Message}", e);
        }

        var errors = RegionConfigurationValidator.Errors(configuration);
        return errors.Count == 0
            ? configuration
            : throw new InvalidDataException($"The region file '{name}' has {errors.Count} errors:{Environment.NewLine}{string.Join(Environment.NewLine, errors)}");
    }
}
