using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using Lepton.Agent.Containers;
using Lepton.Agent.Devices;
using Lepton.Agent.Devices.Sources;
using Lepton.Model;

namespace Lepton.Agent.Options;

/// <summary>Reads the command line: options, or every error in it.</summary>
internal static class AgentOptionsParser
{
    public const string Usage = """
        Usage: Lepton.Agent --region NAME --name NAME --gateway HOST:PORT --data URL --state FOLDER
                            [--cpus N] [--memory SIZE] [--label KEY=VALUE]... [--taint KEY=VALUE:EFFECT]...
                            [--devices WHICH]... [--nvml-library FILE] [--cuda-library FILE]
                            [--mps TENANT=FOLDER]... [--containers docker|podman] [--metrics-port PORT] [--until-parent-exits PID] [--verbose]

          --region us-east               region of the machine
          --name n01                     name of the machine in its region
          --gateway 127.0.0.1:30001      Orleans gateway of a silo of that region
          --data http://127.0.0.1:8081   base address of the region's data endpoints
          --state /var/lib/lepton        folder of this agent alone; kept between starts
          --cpus 2                       cores offered, down to thousandths; default: all
          --memory 4GiB                  memory offered (KiB, MiB, GiB, TiB); default: all
          --label zone=a                 may be given several times; zone and rack say in which failure domains the machine stands
          --taint gpu=h100:NoSchedule    keeps tasks away that do not tolerate it (PreferNoSchedule: while others have room); may be given several times
          --devices auto                 devices offered beside the CPU: auto (the NVIDIA driver's, if there is one; the default), none,
                                         emulated:8xH100,2xA100 (never beside real ones), inventory:FILE (declared ones; may be given beside auto)
          --nvml-library FILE            libnvidia-ml.so.1 to use; default: $LEPTON_NVML_LIBRARY, else as the loader finds it
          --cuda-library FILE            libcuda.so.1 for context checks; default: $LEPTON_CUDA_LIBRARY, else as the loader finds it
          --mps TENANT=FOLDER            parts of devices of that tenant go through the MPS daemons that run with FOLDER/GPU-UUID as pipe folder
          --containers docker            run tasks that name an image with docker or podman, as found in the PATH; default: none are taken
          --metrics-port 9400            figures of the devices for Prometheus on 127.0.0.1; default: none
          --until-parent-exits 1234      end after that process is gone, the lease has lapsed and nothing runs
          --verbose                      log more
        """;

    private static readonly string[] s_known = ["region", "name", "gateway", "data", "state", "cpus", "memory", "label", "taint", "devices", "nvml-library", "cuda-library", "mps", "containers", "metrics-port", "until-parent-exits"];

    private static readonly string[] s_several = ["label", "taint", "devices", "mps"];

    public static (AgentOptions? Options, IReadOnlyList<string> Errors) Parse(IReadOnlyList<string> arguments)
    {
        var reading = new Reading(arguments);
        var node = new NodeId(new RegionId(reading.Name("region")), reading.Name("name"));
        var options = new AgentOptions
        {
            Node = node,
            Gateway = reading.Required("gateway", EndPoint, "HOST:PORT with an IP address or localhost, as in 127.0.0.1:30001"),
            Data = reading.Required("data", Address, "an http:// or https:// address, as in http://127.0.0.1:8081"),
            StateFolder = reading.Required("state", t => t.Length > 0 ? Path.GetFullPath(t) : null, "a folder"),
            Capacity = new Capacity(
                reading.Optional("cpus", MilliCpu, "a number of cores above 0, as in 2 or 0.5") ?? Environment.ProcessorCount * 1000L,
                reading.Optional("memory", Sizes.Bytes, "a size, as in 512MiB or 4GiB") ?? GC.GetGCMemoryInfo().TotalAvailableMemoryBytes),
            Labels = reading.Pairs("label"),
            Taints = reading.Taints(),
            Devices = new DeviceSettings
            {
                Devices = reading.Devices($"{node.Region}-{node.Name}"),
                NvmlLibrary = reading.OptionalText("nvml-library", "a path") ?? Named("LEPTON_NVML_LIBRARY"),
                CudaLibrary = reading.OptionalText("cuda-library", "a path") ?? Named("LEPTON_CUDA_LIBRARY"),
                MpsFolders = reading.Pairs("mps"),
            },
            Containers = reading.Optional("containers", Engine, "docker or podman"),
            MetricsPort = reading.Optional("metrics-port", Port, "a port from 1024 to 65535"),
            UntilParentExits = reading.Optional("until-parent-exits", Pid, "the id of a process"),
            Verbose = reading.Verbose,
        };
        return reading.Errors.Count == 0 ? (options, []) : (null, reading.Errors);
    }

    private static IPEndPoint? EndPoint(string text)
    {
        var local = text.StartsWith("localhost:", StringComparison.OrdinalIgnoreCase) ? "127.0.0.1" + text["localhost".Length..] : text;
        return IPEndPoint.TryParse(local, out var point) && point.Port > 0 ? point : null;
    }

    private static Uri? Address(string text) =>
        Uri.TryCreate(text.EndsWith('/') ? text : text + "/", UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https" ? uri : null;

    private static long? MilliCpu(string text) =>
        decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var cores) && cores is > 0 and <= 10_000
            ? (long)(cores * 1000)
            : null;

    private static string? Named(string variable) => Environment.GetEnvironmentVariable(variable) is { Length: > 0 } path ? path : null;

    private static EngineKind? Engine(string text) => text switch { "docker" => EngineKind.Docker, "podman" => EngineKind.Podman, _ => null };

    private static int? Port(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port is >= 1024 and <= 65535 ? port : null;

    private static int? Pid(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var pid) && pid > 0 ? pid : null;

    private sealed class Reading
    {
        private readonly Dictionary<string, List<string>> _values = [];

        public Reading(IReadOnlyList<string> arguments)
        {
            for (var i = 0; i < arguments.Count; i++)
            {
                var name = arguments[i].StartsWith("--", StringComparison.Ordinal) ? arguments[i][2..] : null;
                if (name == "verbose") Verbose = true;
                else if (name is null || !s_known.Contains(name)) Errors.Add($"'{arguments[i]}' is not an option of the agent.");
                else if (i + 1 >= arguments.Count) Errors.Add($"--{name} needs a value.");
                else if (_values.TryGetValue(name, out var values)) values.Add(arguments[++i]);
                else _values[name] = [arguments[++i]];
            }
            foreach (var (name, values) in _values.Where(v => !s_several.Contains(v.Key) && v.Value.Count > 1)) Errors.Add($"--{name} is given {values.Count} times.");
        }

        public List<string> Errors { get; } = [];

        public bool Verbose { get; }

        /// <summary>A name as ids are made of: no slash, dot or '#', which separate their parts.</summary>
        public string Name(string option) => Required(
            option,
            t => t.Length is > 0 and <= 63 && t.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-') ? t : null,
            "a name of lower-case letters, digits and '-', at most 63");

        public T Required<T>(string option, Func<string, T?> parse, string expected)
            where T : class
        {
            if (!_values.TryGetValue(option, out var given)) Errors.Add($"--{option} is missing; it takes {expected}.");
            else if (parse(given[0]) is { } value) return value;
            else Errors.Add($"--{option} '{given[0]}' is wrong; it takes {expected}.");
            return default!;        // never seen: the options are given out only without errors
        }

        public T? Optional<T>(string option, Func<string, T?> parse, string expected)
            where T : struct
        {
            if (!_values.TryGetValue(option, out var given)) return null;
            if (parse(given[0]) is { } value) return value;
            Errors.Add($"--{option} '{given[0]}' is wrong; it takes {expected}.");
            return null;
        }

        public string? OptionalText(string option, string expected)
        {
            if (!_values.TryGetValue(option, out var given)) return null;
            if (given[0].Length > 0) return given[0];
            Errors.Add($"--{option} is empty; it takes {expected}.");
            return null;
        }

        public DevicesOption Devices(string node)
        {
            var (option, errors) = DevicesOption.Parse(_values.GetValueOrDefault("devices", []), node);
            Errors.AddRange(errors);
            return option;
        }

        public ImmutableArray<Taint> Taints()
        {
            var taints = new SortedSet<Taint>();
            foreach (var text in _values.GetValueOrDefault("taint", []))
            {
                if (Taint.Parse(text, out var problem) is not { } taint) Errors.Add($"--taint {problem}");
                else if (!taints.Add(taint)) Errors.Add($"--taint '{text}' is given twice.");
            }

            if (taints.Count > Taint.Limit) Errors.Add($"--taint is given {taints.Count} times; the limit is {Taint.Limit}.");
            return [.. taints];
        }

        /// <summary>All KEY=VALUE of an option that may be given several times.</summary>
        public ImmutableSortedDictionary<string, string> Pairs(string option)
        {
            var pairs = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
            foreach (var text in _values.GetValueOrDefault(option, []))
            {
                var equals = text.IndexOf('=', StringComparison.Ordinal);
                if (equals <= 0) Errors.Add($"--{option} '{text}' is wrong; it takes {(option == "mps" ? "TENANT=FOLDER" : "KEY=VALUE")}.");
                else if (!pairs.TryAdd(text[..equals], text[(equals + 1)..])) Errors.Add($"--{option} '{text[..equals]}' is given twice.");
            }
            return pairs.ToImmutable();
        }
    }
}
