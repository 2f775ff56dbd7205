using System.Text.RegularExpressions;
using Settlement.SampleHost.Hosting;
using Settlements;

namespace Settlement.SampleHost.Usage;

/// <summary>
/// The ClickHouse table that receives the usage of plays: configuration section <see cref="Section"/>. Without an endpoint, plays use the
/// library's event table.
/// </summary>
internal sealed partial class ClickHouseUsageOptions
{
    public const string Section = "Usage:ClickHouse";

    /// <summary>The name of the source in findings, errors and recorded definitions.</summary>
    public const string SourceName = "plays";

    /// <summary>The columns of the table: an event has a quantity in the column of its meter, and 0 in the others.</summary>
    public static readonly IReadOnlyList<(string Meter, string Column)> Meters =
        [(PlatformMeters.Views, "views"), (PlatformMeters.Seconds, "seconds"), (PlatformMeters.AdViews, "ad_views")];

    /// <summary>The address of the HTTP interface of a server, which may have the Distributed table of a cluster; empty for none.</summary>
    public string Endpoint { get; set; } = "";

    public string User { get; set; } = "";

    public string Password { get; set; } = "";

    /// <summary>The database of the table. Default <c>settlement</c>.</summary>
    public string Database { get; set; } = "settlement";

    /// <summary>The table. Default <c>usage_events</c>.</summary>
    public string Table { get; set; } = "usage_events";

    /// <summary>
    /// A stable name of the server or cluster in recorded definitions, so that it can move to another address. Default <c>usage</c>.
    /// </summary>
    public string Name { get; set; } = "usage";

    /// <summary>How long events are collected before they are sent in one statement. Default 1 second; from 0 to 1 minute.</summary>
    public TimeSpan Delay { get; set; } = TimeSpan.FromSeconds(1);

    /// <summary>The number of events that a statement sends at most. Default 5,000; from 1 to 20,000.</summary>
    public int BatchRowsMax { get; set; } = 5_000;

    /// <summary>The time limit of a statement. Default 30 seconds; from 1 second to 10 minutes.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);

    public bool IsEnabled => Endpoint.Length > 0;

    /// <summary>Reads and validates the options.</summary>
    /// <exception cref="StartException">Settings are invalid; the message names all of them, except the password.</exception>
    public static ClickHouseUsageOptions Read(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<ClickHouseUsageOptions>() ?? new ClickHouseUsageOptions();
        var errors = options.Errors().Select(e => $"{Section}:{e}").ToList();
        return errors.Count == 0 ? options : throw new StartException(string.Join(' ', errors));
    }

    /// <summary>Adds the table as a source of the settlement.</summary>
    public void AddSource(SettlementBuilder settlement) => settlement.Source(SourceName, source =>
    {
        source.Table($"{Database}.{Table}").OccurredAt("occurred_at", InstantFormat.UnixMicroseconds).Item("item_id").Payee("payee_id");
        foreach (var (meter, column) in Meters)
            source.Sums(meter, column);

        // Events are sent again until ClickHouse has confirmed them. FINAL counts an event that arrived twice once.
        source.OnClickHouse(clickHouse => (clickHouse.Endpoint, clickHouse.User, clickHouse.Password, clickHouse.Name, clickHouse.Final) =
            (Endpoint, User, Password, Name, true));
    });

    private IEnumerable<string> Errors()
    {
        if (!IsEnabled)
        {
            if (User.Length > 0 || Password.Length > 0)
            {
                yield return $"{nameof(Endpoint)} is empty, but User or Password is set. Set it, for example http://clickhouse:8123, "
                    + "or remove them.";
            }

            yield break;
        }

        if (!Uri.TryCreate(Endpoint, UriKind.Absolute, out var endpoint) || endpoint.Scheme is not ("http" or "https"))
        {
            yield return $"{nameof(Endpoint)} is '{Endpoint}'. Use the address of the HTTP interface, for example http://clickhouse:8123.";
        }
        else if (endpoint.UserInfo.Length > 0 || endpoint.Query.Length > 0 || endpoint.Fragment.Length > 0)
        {
            // The value is not repeated: it may contain a password.
            yield return $"{nameof(Endpoint)} has a user, a query or a fragment. Use {nameof(User)}, {nameof(Password)} and "
                + $"{nameof(Database)}.";
        }

        if (User.Concat(Password).Any(char.IsControl))
            yield return $"{nameof(User)} or {nameof(Password)} has a control character, which a header can't contain. Use another one.";
        foreach (var (setting, name) in new[] { (nameof(Database), Database), (nameof(Table), Table) })
        {
            if (!NamePattern().IsMatch(name))
                yield return $"{setting} is '{name}'. Use letters, digits and underscores, and no digit first.";
        }

        if (Name.Length is 0 or > 100)
            yield return $"{nameof(Name)} has {Name.Length} characters. Use 1 to 100.";
        if (Delay < TimeSpan.Zero || Delay > TimeSpan.FromMinutes(1))
            yield return $"{nameof(Delay)} is {Delay}. Use 00:00:00 to 00:01:00.";
        if (BatchRowsMax is < 1 or > 20_000)
            yield return $"{nameof(BatchRowsMax)} is {BatchRowsMax}. Use 1 to 20000.";
        if (Timeout < TimeSpan.FromSeconds(1) || Timeout > TimeSpan.FromMinutes(10))
            yield return $"{nameof(Timeout)} is {Timeout}. Use 00:00:01 to 00:10:00.";
    }

    [GeneratedRegex("^[A-Za-z_][A-Za-z0-9_]{0,99}$", RegexOptions.CultureInvariant)]
    private static partial Regex NamePattern();
}
