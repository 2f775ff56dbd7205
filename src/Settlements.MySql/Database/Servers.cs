using Microsoft.Extensions.Logging;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>Opens the store's connections, to a single server or to a primary with replicas.</summary>
internal abstract class Servers : IAsyncDisposable, IDisposable
{
    public static Servers Of(ConnectionSettings settings, RoutingOptions routing, ILogger logger, TimeProvider? clock)
    {
        if (settings.Router is { } shared)
            return new RoutedServers(settings, shared, ownsRouter: false, routing);
        var options = new MySqlMultiHostOptions
        {
            ConnectionString = settings.Builder.ConnectionString,
            Routing = routing,
            Credentials = settings.Credentials,
        };
        return options.AllServers().Count > 1
            ? new RoutedServers(
                settings, new MySqlMultiHostDataSource(options, new StoreLoggerFactory(logger), clock), ownsRouter: true, routing)
            : new SingleServer(settings);
    }

    /// <summary>Opens a connection for writing.</summary>
    public abstract ValueTask<MySqlConnection> OpenWriterAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Opens a connection for writing that is not reset between its uses. Only for statements that leave no state in the session.
    /// </summary>
    public abstract ValueTask<MySqlConnection> OpenRetainedWriterAsync(CancellationToken cancellationToken);

    /// <summary>Opens a read-only connection that sees everything committed.</summary>
    public abstract ValueTask<MySqlConnection> OpenReaderAsync(CancellationToken cancellationToken);

    /// <summary>Opens a read-only connection for many rows, to a replica if possible, that sees everything committed by now.</summary>
    public abstract ValueTask<MySqlConnection> OpenBulkReaderAsync(CancellationToken cancellationToken);

    /// <summary>Opens a connection for writing to the application's database or none, to create the store's database.</summary>
    public abstract Task<MySqlConnection> OpenApplicationDatabaseAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();

    public abstract void Dispose();

    private sealed class SingleServer(ConnectionSettings settings) : Servers
    {
        private readonly MySqlDataSource _writers = Source(settings, "settlement-writer", DatabaseAccess.Write);
        private readonly MySqlDataSource _retainedWriters = Source(settings.Retained(), "settlement-events", DatabaseAccess.Write);
        private readonly MySqlDataSource _readers = Source(settings, "settlement-reader", DatabaseAccess.Read);

        public override ValueTask<MySqlConnection> OpenWriterAsync(CancellationToken cancellationToken) =>
            OpenAsync(_writers, cancellationToken);

        public override ValueTask<MySqlConnection> OpenRetainedWriterAsync(CancellationToken cancellationToken) =>
            OpenAsync(_retainedWriters, cancellationToken);

        public override ValueTask<MySqlConnection> OpenReaderAsync(CancellationToken cancellationToken) =>
            OpenAsync(_readers, cancellationToken);

        public override ValueTask<MySqlConnection> OpenBulkReaderAsync(CancellationToken cancellationToken) =>
            OpenReaderAsync(cancellationToken);

        public override async Task<MySqlConnection> OpenApplicationDatabaseAsync(CancellationToken cancellationToken)
        {
            var connection = new MySqlConnection(
                new MySqlConnectionStringBuilder(
                    settings.Builder.ConnectionString)
                { Database = settings.ConfiguredDatabase, Pooling = false }.ConnectionString);
            settings.Credentials?.ApplyAll(connection);
            await OpenOrDisposeAsync(connection, cancellationToken).ConfigureAwait(false);
            return connection;
        }

        public override async ValueTask DisposeAsync()
        {
            await _writers.DisposeAsync().ConfigureAwait(false);
            await _retainedWriters.DisposeAsync().ConfigureAwait(false);
            await _readers.DisposeAsync().ConfigureAwait(false);
        }

        public override void Dispose()
        {
            _writers.Dispose();
            _retainedWriters.Dispose();
            _readers.Dispose();
        }

        private async ValueTask<MySqlConnection> OpenAsync(MySqlDataSource source, CancellationToken cancellationToken)
        {
            var connection = source.CreateConnection();
            settings.Credentials?.Apply(connection);
            await OpenOrDisposeAsync(connection, cancellationToken).ConfigureAwait(false);
            return connection;
        }

        private static async Task OpenOrDisposeAsync(MySqlConnection connection, CancellationToken cancellationToken)
        {
            try
            {
                await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            }
            catch
            {
                await connection.DisposeAsync().ConfigureAwait(false);
                throw;
            }
        }

        private static MySqlDataSource Source(ConnectionSettings settings, string application, DatabaseAccess access)
        {
            var named = new MySqlConnectionStringBuilder(settings.Builder.ConnectionString) { ApplicationName = application };
            var builder = new MySqlDataSourceBuilder(named.ConnectionString)
                .UseConnectionOpenedCallback((context, cancellationToken) =>
                    context.Conditions == MySqlConnectionOpenedConditions.None // not reset: it is initialized already
                        ? default
                        : SessionStart.InitializeAsync(
                            context.Connection, settings.InitialStatements(context.Connection, access), cancellationToken));
            settings.Credentials?.Apply(builder);
            return builder.Build();
        }
    }

    /// <summary>The store's pools over a router, which belongs to the store or to the application.</summary>
    private sealed class RoutedServers(
        ConnectionSettings settings, MySqlMultiHostDataSource router, bool ownsRouter, RoutingOptions routing) : Servers
    {
        private readonly SharedRoutes _routes = router.Share(settings.Builder, settings.InitialStatements, routing);
        private readonly SharedRoutes _retained = router.Share(settings.Retained().Builder, settings.InitialStatements, routing);

        public override ValueTask<MySqlConnection> OpenWriterAsync(CancellationToken cancellationToken) =>
            _routes.OpenConnectionAsync(DatabaseAccess.Write, default, cancellationToken);

        public override ValueTask<MySqlConnection> OpenRetainedWriterAsync(CancellationToken cancellationToken) =>
            _retained.OpenConnectionAsync(DatabaseAccess.Write, default, cancellationToken);

        public override ValueTask<MySqlConnection> OpenReaderAsync(CancellationToken cancellationToken) =>
            _routes.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.Primary, cancellationToken);

        /// <summary>
        /// Reads after the primary's current position. A chunk is read while its day is closing; closing waited for active writers, so
        /// everything committed by now includes all of the day's rows.
        /// </summary>
        public override async ValueTask<MySqlConnection> OpenBulkReaderAsync(CancellationToken cancellationToken)
        {
            var position = await _routes.ReadPositionAsync(cancellationToken).ConfigureAwait(false);
            // Without a binary log there is no position, so no replica is known to be up to date.
            var consistency = position.IsNone ? ReadConsistency.Primary : ReadConsistency.After(position);
            return await _routes.OpenConnectionAsync(DatabaseAccess.Read, consistency, cancellationToken).ConfigureAwait(false);
        }

        public override async Task<MySqlConnection> OpenApplicationDatabaseAsync(CancellationToken cancellationToken)
        {
            var applicationSettings = new MySqlConnectionStringBuilder(
                settings.Builder.ConnectionString)
            { Database = settings.ConfiguredDatabase, Pooling = false };
            var routes = router.Share(applicationSettings, settings.InitialStatements, routing);
            await using (routes.ConfigureAwait(false)) // without pooling it can be disposed before its connection
                return await routes.OpenConnectionAsync(DatabaseAccess.Write, default, cancellationToken).ConfigureAwait(false);
        }

        public override async ValueTask DisposeAsync()
        {
            await _routes.DisposeAsync().ConfigureAwait(false);
            await _retained.DisposeAsync().ConfigureAwait(false);
            if (ownsRouter)
                await router.DisposeAsync().ConfigureAwait(false);
        }

        public override void Dispose()
        {
            _routes.Dispose();
            _retained.Dispose();
            if (ownsRouter)
                router.Dispose();
        }
    }

    /// <summary>Forwards the router's messages to the store's logger; the driver's messages are dropped, as with a single server.</summary>
    private sealed class StoreLoggerFactory(ILogger logger) : ILoggerFactory
    {
        public ILogger CreateLogger(string categoryName) =>
            categoryName.StartsWith("Settlement", StringComparison.Ordinal)
                ? logger : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public void Dispose()
        {
        }
    }
}
