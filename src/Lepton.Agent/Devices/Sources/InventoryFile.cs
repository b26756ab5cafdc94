using System.Collections.Immutable;
using System.Globalization;
using Lepton.Agent.Options;
using Lepton.Cuda.Emulated;
using Lepton.Model;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Lepton.Agent.Devices.Sources;

/// <summary>Reads a file that declares devices, YAML or JSON (which is YAML): all of it, or every error with its line.</summary>
/// <remarks><c>devices: [{ id, kind: tpu|fpga|gpu, model, memory: 16GiB, path: /dev/accel0, env: { TPU_VISIBLE_CHIPS: "0" } }]</c></remarks>
internal static class InventoryFile
{
    private const int LargestBytes = 1 << 20;
    private const int MostDevices = 256;
    private static readonly string[] s_fields = ["id", "kind", "model", "memory", "path", "env"];

    public static IReadOnlyList<DeclaredDevice> Read(string path, List<string> errors)
    {
        var before = errors.Count;
        if (path.Length == 0)
        {
            errors.Add($"--devices inventory: needs a file; it takes {DevicesOption.Expected}.");
            return [];
        }
        try
        {
            if (new FileInfo(path).Length > LargestBytes) throw new IOException($"it has more than {LargestBytes} bytes");
            var devices = Parse(File.ReadAllText(path), path, errors);
            return errors.Count == before ? devices : [];
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            errors.Add($"--devices inventory:{path} cannot be read: {failure.Message}");
            return [];
        }
    }

    /// <summary>What could be read; with errors it is not to be used.</summary>
    public static IReadOnlyList<DeclaredDevice> Parse(string text, string file, List<string> errors)
    {
        var reading = new Reading(file, errors);
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(text));
            if (yaml.Documents.Count != 1 || yaml.Documents[0].RootNode is not YamlMappingNode root)
            {
                errors.Add($"{file}: a map with 'devices' is needed. Maybe begin with 'devices:'.");
                return [];
            }
            return reading.Devices(root);
        }
        catch (YamlException wrong)
        {
            reading.Error(wrong.Start, $"not valid YAML: {wrong.Message}");
            return [];
        }
    }

    private sealed class Reading(string file, List<string> errors)
    {
        public void Error(Mark at, string text) => errors.Add(string.Create(CultureInfo.InvariantCulture, $"{file}, line {at.Line}: {text}"));

        public List<DeclaredDevice> Devices(YamlMappingNode root)
        {
            var devices = new List<DeclaredDevice>();
            foreach (var (key, value) in root.Children)
            {
                if (key is not YamlScalarNode { Value: "devices" }) Error(key.Start, $"'{key}' is not known. Maybe 'devices' was meant.");
                else if (value is not YamlSequenceNode list || list.Children.Count == 0) Error(value.Start, "'devices' must be a list of at least one device. Maybe begin its lines with '- id:'.");
                else if (list.Children.Count > MostDevices) Error(value.Start, $"'devices' lists {list.Children.Count} devices, at most {MostDevices} are taken. Maybe use several agents.");
                else devices.AddRange(list.Children.Select(Device).OfType<DeclaredDevice>());
            }
            if (root.Children.Count == 0) Error(root.Start, "there is no 'devices'. Maybe begin with 'devices:'.");
            return devices;
        }

        private DeclaredDevice? Device(YamlNode node)
        {
            if (node is not YamlMappingNode map)
            {
                Error(node.Start, "a device is a map. Maybe '- id: tpu-0'.");
                return null;
            }
            var before = errors.Count;
            foreach (var key in map.Children.Keys.Where(k => k is not YamlScalarNode { Value: { } name } || !s_fields.Contains(name)))
                Error(key.Start, $"'{key}' is no field of a device. Maybe one of {string.Join(", ", s_fields)}.");
            var id = Text(map, "id", needed: true);
            var kind = Text(map, "kind", needed: true);
            var model = Text(map, "model", needed: true);
            var memory = Text(map, "memory", needed: false);
            var path = Text(map, "path", needed: false);
            if (id is { } i && (i.Length > 80 || !i.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')))
                Error(map.Start, $"the id '{i}' must be letters, digits, '-', '_' and '.', at most 80. Maybe 'tpu-0'.");
            if (id is not null && (id.StartsWith("GPU-", StringComparison.Ordinal) || id.StartsWith("MIG-", StringComparison.Ordinal) || id.StartsWith(EmulatedDevice.Prefix, StringComparison.Ordinal)))
                Error(map.Start, $"the id '{id}' begins like one that a driver or an emulation gives. Maybe '{id[4..]}'.");
            if (model is { } m && (m.Length > 63 || !char.IsAsciiLetter(m[0]) || !m.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.')))
                Error(map.Start, $"the model '{m}' must begin with a letter and be letters, digits, '-', '_' and '.', at most 63: that is how jobs ask for it. Maybe 'TPU-v5e'.");
            DeviceKind? known = kind switch { "tpu" => DeviceKind.Tpu, "fpga" => DeviceKind.Fpga, "gpu" => DeviceKind.Gpu, _ => null };
            if (kind is not null && known is null) Error(map.Start, $"the kind '{kind}' is not known. Maybe one of tpu, fpga, gpu.");
            var bytes = memory is null ? 0 : Sizes.Bytes(memory);
            if (bytes is null) Error(map.Start, $"the memory '{memory}' is no size. Maybe '16GiB'.");
            if (path is not null && !File.Exists(path)) Error(map.Start, $"the path '{path}' does not exist on this machine. Maybe its driver is not loaded.");
            var variables = Variables(map);
            return errors.Count == before ? new DeclaredDevice(id!, known!.Value, model!, bytes!.Value, path, variables) : null;
        }

        private ImmutableSortedDictionary<string, string> Variables(YamlMappingNode map)
        {
            var all = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
            if (!map.Children.TryGetValue(new YamlScalarNode("env"), out var node)) return all.ToImmutable();
            if (node is not YamlMappingNode pairs)
            {
                Error(node.Start, "'env' must be a map of names and values. Maybe 'env: { TPU_VISIBLE_CHIPS: \"0\" }'.");
                return all.ToImmutable();
            }
            foreach (var (key, value) in pairs.Children)
            {
                if (key is not YamlScalarNode { Value: { Length: > 0 } name } || char.IsAsciiDigit(name[0]) || !name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'))
                    Error(key.Start, $"'{key}' is no name of an environment variable. Maybe letters, digits and '_' only.");
                else if (name.StartsWith("LEPTON_", StringComparison.Ordinal) || Grants.DeviceVariables.IsOurs(name))
                    Error(key.Start, $"'{name}' is set by the agent itself. Maybe leave it out.");
                else if (value is not YamlScalarNode { Value: { } text })
                    Error(value.Start, $"the value of '{name}' must be text. Maybe put it in quotes.");
                else
                    all[name] = text;
            }
            return all.ToImmutable();
        }

        private string? Text(YamlMappingNode map, string field, bool needed)
        {
            if (!map.Children.TryGetValue(new YamlScalarNode(field), out var node))
            {
                if (needed) Error(map.Start, $"the device has no '{field}'. Maybe add it; an example is '{Example(field)}'.");
                return null;
            }
            if (node is YamlScalarNode { Value: { Length: > 0 } text }) return text;
            Error(node.Start, $"'{field}' must be text. Maybe '{Example(field)}'.");
            return null;
        }

        private static string Example(string field) => field switch { "id" => "tpu-0", "kind" => "tpu", "memory" => "16GiB", "path" => "/dev/accel0", _ => "TPU-v5e" };
    }
}
