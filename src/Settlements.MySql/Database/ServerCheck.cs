using System.Collections.Concurrent;
using System.Globalization;
using Dapper;
using Microsoft.Extensions.Logging;
using MySqlConnector;

namespace Settlements.MySql;

/// <summary>Looks once at what the store needs of the server, and says all that is to be changed.</summary>
internal sealed partial class ServerCheck(ILogger logger)
{
    /// <summary>The smallest max_allowed_packet that the store works with.</summary>
    public const long PacketBytesMin = 1 << 20;

    // By connection string: with several hosts, each is looked at when it is first met.
    private readonly ConcurrentDictionary<string, bool> _checked = new(StringComparer.Ordinal);
    private volatile bool _allowsLocalInfile = true;

    /// <summary>Where the store logs.</summary>
    public ILogger Logger => logger;

    /// <summary>The smallest max_allowed_packet of the servers met, in bytes.</summary>
    public long PacketBytesMax { get; private set; } = PacketBytesMin;

    /// <summary>Whether LOAD DATA LOCAL works; when not, rows go by INSERT statements.</summary>
    public bool AllowsLocalInfile => _allowsLocalInfile;

    public async Task RequireAsync(MySqlConnection connection, string place, CancellationToken cancellationToken)
    {
        if (_checked.ContainsKey(connection.ConnectionString))
            return;

        var command = new CommandDefinition(
            """
            SHOW VARIABLES WHERE Variable_name IN
            ('max_allowed_packet', 'local_infile', 'sql_mode', 'time_zone', 'tx_isolation', 'transaction_isolation', 'log_bin', 'binlog_format')
            """,
            cancellationToken: cancellationToken);
        var variables = (await connection.QueryAsync<(string Name, string Value)>(command).ConfigureAwait(false))
            .ToDictionary(v => v.Name, v => v.Value, StringComparer.OrdinalIgnoreCase);
        var faults = Faults(variables).ToList();
        if (faults.Count > 0)
            throw new MySqlStoreException($"The server of {place} can't be used as it is. {string.Join(' ', faults)}", isTransient: false);

        PacketBytesMax = _checked.IsEmpty ? Packet(variables) : Math.Min(PacketBytesMax, Packet(variables));
        if (variables.GetValueOrDefault("local_infile") is "OFF" or "0")
            LocalInfileRefused(place);
        _checked.TryAdd(connection.ConnectionString, true);
    }

    /// <summary>Remembers that the server, or a proxy before it, refuses LOAD DATA LOCAL; says so once.</summary>
    public void LocalInfileRefused(string place)
    {
        if (!_allowsLocalInfile)
            return;
        _allowsLocalInfile = false;
        FallsBack(logger, place);
    }

    internal static IEnumerable<string> Faults(IReadOnlyDictionary<string, string> variables)
    {
        if (Packet(variables) < PacketBytesMin)
            yield return FormattableString.Invariant($"max_allowed_packet is {Packet(variables)} bytes; set it to {PacketBytesMin} or more (16777216 is usual).");
        var mode = variables.GetValueOrDefault("sql_mode", "");
        if (!mode.Contains("STRICT_ALL_TABLES", StringComparison.OrdinalIgnoreCase))
            yield return $"sql_mode is '{mode}' though strict mode was asked for; let SET sql_mode through (a proxy may hold it back).";
        if (variables.GetValueOrDefault("time_zone", "+00:00") is var zone and not "+00:00")
            yield return $"time_zone is '{zone}' though '+00:00' was asked for; let SET time_zone through (a proxy may hold it back).";
        var isolation = variables.GetValueOrDefault("transaction_isolation", variables.GetValueOrDefault("tx_isolation", "READ-COMMITTED"));
        if (isolation != "READ-COMMITTED")
            yield return $"The isolation is {isolation} though READ COMMITTED was asked for; let SET SESSION TRANSACTION through (a proxy may hold it back).";
        if (variables.GetValueOrDefault("log_bin") is "ON" or "1" && variables.GetValueOrDefault("binlog_format") == "STATEMENT")
            yield return "binlog_format is STATEMENT, with which READ COMMITTED can't write; set it to ROW.";
    }

    private static long Packet(IReadOnlyDictionary<string, string> variables) =>
        long.TryParse(variables.GetValueOrDefault("max_allowed_packet"), NumberStyles.None, CultureInfo.InvariantCulture, out var bytes)
            ? bytes
            : long.MaxValue;

    [LoggerMessage(
        3001, LogLevel.Warning,
        "{Place} refuses LOAD DATA LOCAL: rows are loaded by INSERT statements, at about half the speed. Set local_infile = ON on the server "
        + "(and let a proxy pass it) for full speed.")]
    private static partial void FallsBack(ILogger logger, string place);
}
