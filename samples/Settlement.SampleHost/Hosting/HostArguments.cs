namespace Settlement.SampleHost.Hosting;

/// <summary>The host's options on the command line, as settings of its configuration.</summary>
internal static class HostArguments
{
    public const string DefaultUrl = "http://localhost:5080";

    /// <summary>Settings of the command line alone, so that a variable of the environment can't be taken for one.</summary>
    public const string Store = "CommandLine:Store";
    public const string Connection = "CommandLine:Connection";
    public const string Json = "CommandLine:Json";

    public const string Usage = $$"""
        Serves a video platform that pays its creators by views. The first start imports 40 days of bundled data,
        closes them and prints the figures.

        Usage:
          Settlement.SampleHost [options] [--Section:Key=value]
          Settlement.SampleHost health [--url URL]     asks a host whether it is ready; exit code 0 or 2

        Options:
          --urls URL            Where the pages are served; ASPNETCORE_URLS does the same. Default: {{DefaultUrl}}
          --store sqlite|mysql  Which store. Default: Database:Store of the configuration, then settlement.json
          --connection STRING   ADO.NET connection string. SETTLEMENT_CONNECTION, or ConnectionStrings:Settlement of the
                                configuration, does the same, and keeps a password out of the list of processes.
                                Default: settlement.json's
          --json                Print the figures as one JSON document.
          --help                Print this text.

        Commands that import, close, explain and correct are in the tool settlement: dotnet run --project src/Settlements.Cli -- --help
        """;

    private static readonly Dictionary<string, string> Keys = new(StringComparer.Ordinal)
    {
        ["--urls"] = "urls",
        ["--store"] = Store,
        ["--connection"] = Connection,
    };

    /// <summary>Reads the arguments.</summary>
    /// <exception cref="StartException">One of them is unknown, or lacks its value.</exception>
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
                    $"'{args[i]}' is no option of the host. See --help; commands are in the tool settlement (src/Settlements.Cli).");
            }
        }

        return settings;
    }

    private static string Required(string name, string? value) =>
        value is { Length: > 0 } && !value.StartsWith("--", StringComparison.Ordinal)
            ? value
            : throw new StartException($"{name} needs a value. See --help.");
}
