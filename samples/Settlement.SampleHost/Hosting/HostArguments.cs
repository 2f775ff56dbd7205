namespace Settlement.SampleHost.Hosting;

/// <summary>Parses the host's command line into configuration settings.</summary>
internal static class HostArguments
{
    public const string DefaultUrl = "http://localhost:5080";

    /// <summary>Keys that only the command line sets, so that no environment variable is mistaken for an argument.</summary>
    public const string Store = "CommandLine:Store";
    public const string Connection = "CommandLine:Connection";
    public const string Json = "CommandLine:Json";

    public const string Usage = $$"""
        Serves a video platform that pays its creators by views. The first start imports 40 days of bundled data,
        moved so that they end yesterday, closes them and prints the figures.

        Usage:
          Settlement.SampleHost [options] [--Section:Key=value]
          Settlement.SampleHost health [--url URL]     Check whether a host is ready; exit code 0 (ready) or 2.

        Options:
          --urls URL            Address of the pages; same as ASPNETCORE_URLS. Default: {{DefaultUrl}}
          --store sqlite|mysql  The store. Default: Database:Store of the configuration, then settlement.json
          --connection STRING   ADO.NET connection string. The environment variable SETTLEMENT_CONNECTION or the setting
                                ConnectionStrings:Settlement keeps a password out of the process list.
                                Default: the connection string in settlement.json
          --Demo:LastDay=DAY    The last day of the bundled data, 2017-10-22 (where it was recorded) to yesterday. Read by
                                the first start only. Default: yesterday.
          --json                Print the figures as one JSON document.
          --help                Print this text.

        The tool settlement imports, closes, explains and corrects: dotnet run --project src/Settlements.Cli -- --help
        """;

    private static readonly Dictionary<string, string> Keys = new(StringComparer.Ordinal)
    {
        ["--urls"] = "urls",
        ["--store"] = Store,
        ["--connection"] = Connection,
    };

    /// <summary>Parses the arguments.</summary>
    /// <exception cref="StartException">An argument is unknown, or its value is missing.</exception>
    public static Dictionary<string, string?> Read(IReadOnlyList<string> args)
    {
        var settings = new Dictionary<string, string?>(StringComparer.OrdinalIgnoreCase);
        for (var i = 0; i < args.Count; i++)
        {
            var (name, value) = args[i].Split('=', 2) is [var left, var right] ? (left, right) : (args[i], null);
            if (name == "--json" && value is null)
                settings[Json] = "true";
            else if (Keys.TryGetValue(name, out var key))
                settings[key] = Required(name, value ?? (i + 1 < args.Count ? args[++i] : null));
            else if (name.StartsWith("--", StringComparison.Ordinal) && value is not null)
                settings[name[2..]] = value;
            else
            {
                throw new StartException(
                    $"Unknown option '{args[i]}'. See --help; commands are in the tool settlement (src/Settlements.Cli).");
            }
        }

        return settings;
    }

    private static string Required(string name, string? value) =>
        value is { Length: > 0 } && !value.StartsWith("--", StringComparison.Ordinal)
            ? value
            : throw new StartException($"{name} needs a value. See --help.");
}
