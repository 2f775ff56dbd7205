namespace Settlements;

/// <summary>Sources of a settlement file with the property <c>clickHouse</c>: tables of a ClickHouse server or cluster.</summary>
/// <example>
/// <code>
/// var file = SettlementFile.Read("settlement.json", new ClickHouseEngine());
/// services.AddSettlement(settlement =&gt; settlement.UseFile(file).UseSqlite("Data Source=settlement.db"));
/// </code>
/// </example>
public sealed class ClickHouseEngine : SourceEngine
{
    /// <summary>Creates the engine.</summary>
    public ClickHouseEngine()
        : base("clickHouse")
    {
    }

    internal override Action<UsageTableBuilder>? Read(FileValue value)
    {
        using var engine = value.Object("clickHouse");
        if (engine is null)
            return null;
        var settings = new FileSettings<ClickHouseOptions>(engine);
        settings.Require("endpoint", "\"http://clickhouse:8123\"", v => v.Text(), (o, endpoint) => o.Endpoint = endpoint);
        settings.Add("user", v => v.Text(), (o, user) => o.User = user);
        settings.Add("passwordVariable", v => v.EnvironmentVariable(), (o, password) => o.Password = password);
        settings.Add("database", v => v.Text(), (o, database) => o.Database = database);
        settings.Add("name", v => v.Text(), (o, name) => o.Name = name);
        settings.Add("final", v => v.Boolean(), (o, isFinal) => o.Final = isFinal);
        settings.Add("allowUnmerged", v => v.Boolean(), (o, isAllowed) => o.AllowUnmerged = isAllowed);
        settings.Add("sliceRowsMax", v => v.Integer(), (o, rows) => o.SliceRowsMax = rows);
        settings.Add("commandTimeout", v => v.Duration(), (o, timeout) => o.CommandTimeout = timeout);
        settings.Add("retriesMax", v => v.Int32(), (o, retries) => o.RetriesMax = retries);
        settings.Add("retryDelay", v => v.Duration(), (o, delay) => o.RetryDelay = delay);
        return settings.IsRead ? source => source.OnClickHouse(settings.Apply) : null;
    }
}
