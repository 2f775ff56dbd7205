using Settlements.ClickHouse;

namespace Settlements;

/// <summary>Reads usage sources from ClickHouse.</summary>
public static class ClickHouseSourceExtensions
{
    /// <summary>
    /// Reads the table from a ClickHouse server or cluster, which sums the rows. The store may be of any kind.
    /// </summary>
    /// <remarks>
    /// The condition of <see cref="UsageTableBuilder.Where"/> is in ClickHouse's dialect. A column of the instant in
    /// <see cref="InstantFormat.Text"/> is a DateTime or DateTime64, which ClickHouse stores as UTC whatever its time zone.
    /// </remarks>
    /// <param name="source">The builder of the source.</param>
    /// <param name="configure">Sets the address, and how the table is read.</param>
    /// <returns>The builder.</returns>
    /// <example>
    /// <code>
    /// services.AddSettlement(settlement =&gt; settlement.Source("plays", plays =&gt; plays
    ///     .Table("plays_all").OccurredAt("at").Item("video_id").Payee("owner_id").Counts("video.view")
    ///     .OnClickHouse(clickhouse =&gt; clickhouse.Endpoint = "http://clickhouse:8123")));
    /// </code>
    /// </example>
    public static UsageTableBuilder OnClickHouse(this UsageTableBuilder source, Action<ClickHouseOptions> configure)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(configure);
        var options = new ClickHouseOptions();
        configure(options);
        return source.ReadWith(new ClickHouseReader(options));
    }
}
