using Microsoft.Extensions.Logging;
using MySqlConnector;
using Settlement.MySql.Routing;
using Settlement.Routing;

namespace Settlement.MySql.Connections;

/// <summary>Where connections come from: one server, or a primary with replicas.</summary>
internal abstract class Servers : IAsyncDisposable, IDisposable
{
    public static Servers Of(MySqlConnectionStringBuilder settings, RoutingOptions routing, ILogger logger, TimeProvider? clock)
    {
        var options = new MySqlMultiHostOptions
        {
            ConnectionString = settings.ConnectionString,
            Routing = routing,
            Session = (connection, access) => Session.Of(connection, access),
        };
        return options.AllHosts().Count > 1 ? new SeveralServers(new MySqlMultiHostDataSource(options, new OneLog(logger), clock)) : new OneServer(settings);
    }

    /// <summary>A connection that may write.</summary>
    public abstract ValueTask<MySqlConnection> OpenWriterAsync(CancellationToken cancellationToken);

    /// <summary>A connection that can't write, and sees everything that is committed.</summary>
    public abstract ValueTask<MySqlConnection> OpenReaderAsync(CancellationToken cancellationToken);

    /// <summary>A connection that can't write and sees at least what is committed by now: for much reading, which a replica is to have.</summary>
    public abstract ValueTask<MySqlConnection> OpenBulkReaderAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();

    public abstract void Dispose();

    private sealed class OneServer(MySqlConnectionStringBuilder settings) : Servers
    {
        private readonly MySqlDataSource _writers = Source(settings, "settlement-writer", Access.Write);
        private readonly MySqlDataSource _readers = Source(settings, "settlement-reader", Access.Read);

        public override ValueTask<MySqlConnection> OpenWriterAsync(CancellationToken cancellationToken) => _writers.OpenConnectionAsync(cancellationToken);

        public override ValueTask<MySqlConnection> OpenReaderAsync(CancellationToken cancellationToken) => _readers.OpenConnectionAsync(cancellationToken);

        public override ValueTask<MySqlConnection> OpenBulkReaderAsync(CancellationToken cancellationToken) => OpenReaderAsync(cancellationToken);

        public override async ValueTask DisposeAsync()
        {
            await _writers.DisposeAsync().ConfigureAwait(false);
            await _readers.DisposeAsync().ConfigureAwait(false);
        }

        public override void Dispose()
        {
            _writers.Dispose();
            _readers.Dispose();
        }

        private static MySqlDataSource Source(MySqlConnectionStringBuilder settings, string application, Access access)
        {
            var own = new MySqlConnectionStringBuilder(settings.ConnectionString) { ApplicationName = application };
            return new MySqlDataSourceBuilder(own.ConnectionString)
                .UseConnectionOpenedCallback((context, cancellationToken) => Session.BeginAsync(context.Connection, access, cancellationToken))
                .Build();
        }
    }

    private sealed class SeveralServers(MySqlMultiHostDataSource hosts) : Servers
    {
        public override ValueTask<MySqlConnection> OpenWriterAsync(CancellationToken cancellationToken) =>
            hosts.OpenConnectionAsync(Access.Write, default, cancellationToken);

        public override ValueTask<MySqlConnection> OpenReaderAsync(CancellationToken cancellationToken) =>
            hosts.OpenConnectionAsync(Access.Read, ReadConsistency.Primary, cancellationToken);

        /// <summary>
        /// After the primary's position of now. A chunk is read when its day is closing, which waited for the writers under way, so what is committed by
        /// now holds all of the day's rows.
        /// </summary>
        public override async ValueTask<MySqlConnection> OpenBulkReaderAsync(CancellationToken cancellationToken)
        {
            var position = await hosts.ReadPositionAsync(cancellationToken).ConfigureAwait(false);
            // Without a binary log there is no position, and no replica that could be known to have anything.
            var consistency = position.IsNone ? ReadConsistency.Primary : ReadConsistency.After(position);
            return await hosts.OpenConnectionAsync(Access.Read, consistency, cancellationToken).ConfigureAwait(false);
        }

        public override ValueTask DisposeAsync() => hosts.DisposeAsync();

        public override void Dispose() => hosts.Dispose();
    }

    /// <summary>The store's log for all that the router tells; the driver's own messages go nowhere, as with one server.</summary>
    private sealed class OneLog(ILogger logger) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("Settlement", StringComparison.Ordinal) ? logger : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }
}
