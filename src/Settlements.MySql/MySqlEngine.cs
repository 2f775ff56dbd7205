using Settlements.MySql;

namespace Settlements;

/// <summary>
/// Sources of a settlement file with the property <c>mySqlServers</c>: tables on other MySQL or MariaDB servers than the store's.
/// </summary>
public sealed class MySqlEngine : SourceEngine
{
    /// <summary>Creates the engine.</summary>
    public MySqlEngine()
        : base("mySqlServers")
    {
    }

    internal override Action<UsageTableBuilder>? Read(FileValue value)
    {
        using var engine = value.Object("mySqlServers");
        if (engine is null)
            return null;
        var settings = new FileSettings<MySqlSourceOptions>(engine);
        settings.Add("connections", v => Texts(v, text => text.Text()), AddServers);
        settings.Add("connectionVariables", v => Texts(v, text => text.EnvironmentVariable()), AddServers);
        settings.Add("name", v => v.Text(), (o, name) => o.Name = name);
        settings.Add(
            "sumPlan", v => v.Choice(("stream", SumPlan.Stream), ("serverGroupBy", SumPlan.ServerGroupBy)), (o, plan) => o.SumPlan = plan);
        settings.Add("commandTimeout", v => v.Duration(), (o, timeout) => o.CommandTimeout = timeout);
        if (engine.Has("connections") == engine.Has("connectionVariables"))
        {
            engine.Fail("Use either 'connections', the connection strings of the servers, or 'connectionVariables', the names of the "
                + "environment variables that have them.");
            return null;
        }

        return settings.IsRead ? source => source.OnMySqlServer(settings.Apply) : null;
    }

    private static List<string>? Texts(FileValue value, Func<FileValue, string?> read)
    {
        var texts = value.AsSecret().Items().Select(read).ToList();
        if (texts.Count == 0)
            return value.Kind == System.Text.Json.JsonValueKind.Array ? value.Fail<List<string>>("name at least one server") : null;
        return texts.Contains(null) ? null : [.. texts.OfType<string>()];
    }

    private static void AddServers(MySqlSourceOptions options, List<string> connectionStrings) =>
        connectionStrings.ForEach(options.ConnectionStrings.Add);
}
