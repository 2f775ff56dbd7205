using Settlements.MySql;

namespace Settlements;

/// <summary>The options of a usage source on other MySQL or MariaDB servers than the store's.</summary>
public sealed class MySqlSourceOptions
{
    /// <summary>
    /// Gets the connection strings, one for each server of the table, each with its database. Each row is on one server. Append new
    /// servers: their order is part of the checkpoints of a close that is not published yet.
    /// </summary>
    public IList<string> ConnectionStrings { get; } = [];

    /// <summary>
    /// Gets or sets a stable name of the servers in recorded definitions, so that a server can move to another address; null for
    /// <c>address:port</c> of each. Default null.
    /// </summary>
    public string? Name { get; set; }

    /// <summary>Gets or sets where rows are summed; default <see cref="SumPlan.Stream"/>.</summary>
    public SumPlan SumPlan { get; set; } = SumPlan.Stream;

    /// <summary>Gets or sets the time limit of a statement: from 1 second to 1 day; default 10 minutes.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromMinutes(10);
}
