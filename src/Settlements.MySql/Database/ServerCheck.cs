using System.Collections.Concurrent;
using System.Globalization;
using Dapper;
using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Checks each server's settings once, and reports all that must be changed.</summary>
/// <param name="logger">The store's logger.</param>
/// <param name="isReadOnly">Whether nothing is written, so that the settings of writes don't matter.</param>
internal sealed partial class ServerCheck(ILogger logger, bool isReadOnly = false)
{
    /// <summary>The minimum max_allowed_packet, in bytes.</summary>
    public const long PacketBytesMin = 1 << 20;

    // By connection string: with several servers, each is checked at its first connection.
    private readonly ConcurrentDictionary<string, bool> _checked = new(StringComparer.Ordinal);
    private volatile bool _allowsLocalInfile = true;

    /// <summary>The store's logger.</summary>
    public ILogger Logger => logger;

    /// <summary>The smallest max_allowed_packet of the servers checked so far, in bytes.</summary>
    public long PacketBytesMax { get; private set; } = PacketBytesMin;

    /// <summary>Whether LOAD DATA LOCAL is allowed; if not, rows are loaded by INSERT statements.</summary>
    public bool AllowsLocalInfile => _allowsLocalInfile;

    public async Task RequireAsync(MySqlConnection connection, string location, CancellationToken cancellationToken)
    {
        if (_checked.ContainsKey(connection.ConnectionString))
            return;

        var command = new CommandDefinition(
            """
            SHOW VARIABLES WHERE Variable_name IN
            ('max_allowed_packet', 'local_infile', 'sql_mode', 'time_zone', 'tx_isolation', 'transaction_isolation',
                'log_bin', 'binlog_format')
            """,
            cancellationToken: cancellationToken);
        var variables = (await connection.QueryAsync<(string Name, string Value)>(command).ConfigureAwait(false))
            .ToDictionary(v => v.Name, v => v.Value, StringComparer.OrdinalIgnoreCase);
        var errors = (isReadOnly ? ValidateReads(variables) : Validate(variables)).ToList();
        if (errors.Count > 0)
            throw new MySqlStoreException(
                $"The server of {location} can't be used as configured. {string.Join(' ', errors)}", isTransient: false);

        PacketBytesMax = _checked.IsEmpty ? Packet(variables) : Math.Min(PacketBytesMax, Packet(variables));
        if (variables.GetValueOrDefault("local_infile") is "OFF" or "0")
            DisableLocalInfile(location);
        _checked.TryAdd(connection.ConnectionString, true);
    }

    /// <summary>Records that the server, or a proxy, refuses LOAD DATA LOCAL; logs it once.</summary>
    public void DisableLocalInfile(string location)
    {
        if (!_allowsLocalInfile)
            return;
        _allowsLocalInfile = false;
        FallsBack(logger, location);
    }

    /// <summary>Validates what the results of reads depend on. Not every engine of the protocol reports all variables.</summary>
    internal static IEnumerable<string> ValidateReads(IReadOnlyDictionary<string, string> variables)
    {
        var mode = variables.GetValueOrDefault("sql_mode", "");
        if (mode.Contains("ANSI_QUOTES", StringComparison.OrdinalIgnoreCase)
            || mode.Contains("NO_BACKSLASH_ESCAPES", StringComparison.OrdinalIgnoreCase))
        {
            yield return $"sql_mode is '{mode}' although it was set without ANSI_QUOTES and NO_BACKSLASH_ESCAPES; let SET sql_mode "
                + "through (a proxy may block it).";
        }

        if (variables.GetValueOrDefault("time_zone", "+00:00") is var zone and not "+00:00")
            yield return $"time_zone is '{zone}' although '+00:00' was set; let SET time_zone through (a proxy may block it).";
    }

    internal static IEnumerable<string> Validate(IReadOnlyDictionary<string, string> variables)
    {
        if (Packet(variables) < PacketBytesMin)
        {
            yield return FormattableString.Invariant(
                $"max_allowed_packet is {Packet(variables)} bytes; set it to at least {PacketBytesMin} (16777216 is usual).");
        }

        var mode = variables.GetValueOrDefault("sql_mode", "");
        if (!mode.Contains("STRICT_ALL_TABLES", StringComparison.OrdinalIgnoreCase))
            yield return $"sql_mode is '{mode}' although strict mode was set; let SET sql_mode through (a proxy may block it).";
        if (variables.GetValueOrDefault("time_zone", "+00:00") is var zone and not "+00:00")
            yield return $"time_zone is '{zone}' although '+00:00' was set; let SET time_zone through (a proxy may block it).";
        var isolation = variables.GetValueOrDefault("transaction_isolation", variables.GetValueOrDefault("tx_isolation", "READ-COMMITTED"));
        if (isolation != "READ-COMMITTED")
        {
            yield return $"The isolation level is {isolation} although READ COMMITTED was set; let SET SESSION "
                + "TRANSACTION through (a proxy may block it).";
        }

        if (variables.GetValueOrDefault("log_bin") is "ON" or "1" && variables.GetValueOrDefault("binlog_format") == "STATEMENT")
            yield return "binlog_format is STATEMENT, which doesn't allow writes with READ COMMITTED; set it to ROW.";
    }

    private static long Packet(IReadOnlyDictionary<string, string> variables) =>
        long.TryParse(variables.GetValueOrDefault("max_allowed_packet"), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? bytes
            : long.MaxValue;

    [LoggerMessage(
        3001, LogLevel.Warning,
        "{Location}: the server refuses LOAD DATA LOCAL; loading rows by INSERT statements, at about half the speed. For full speed set "
        + "local_infile = ON on the server, and allow it in a proxy.")]
    private static partial void FallsBack(ILogger logger, string location);
}
