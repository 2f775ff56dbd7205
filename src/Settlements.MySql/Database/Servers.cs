using Microsoft.Extensions.Logging;
using MySqlConnector;
using Settlements.Routing;

namespace Settlements.MySql;

/// <summary>Where connections come from: one server, or a primary with replicas.</summary>
internal abstract class Servers : IAsyncDisposable, IDisposable
{
    public static Servers Of(ConnectionSettings settings, RoutingOptions routing, ILogger logger, TimeProvider? clock)
    {
        if (settings.Router is { } shared)
            return new SeveralServers(settings, shared, isOwn: false, routing);
        var options = new MySqlMultiHostOptions
        {
            ConnectionString = settings.Builder.ConnectionString,
            Routing = routing,
            Credentials = settings.Credentials,
        };
        return options.AllServers().Count > 1
            ? new SeveralServers(settings, new MySqlMultiHostDataSource(options, new OneLog(logger), clock), isOwn: true, routing)
            : new OneServer(settings);
    }

    /// <summary>A connection that may write.</summary>
    public abstract ValueTask<MySqlConnection> OpenWriterAsync(CancellationToken cancellationToken);

    /// <summary>A connection that can't write, and sees everything that is committed.</summary>
    public abstract ValueTask<MySqlConnection> OpenReaderAsync(CancellationToken cancellationToken);

    /// <summary>A connection that can't write and sees at least what is committed by now: for much reading, which a replica is to have.</summary>
    public abstract ValueTask<MySqlConnection> OpenBulkReaderAsync(CancellationToken cancellationToken);

    /// <summary>A connection that may write, to the application's database or none: to create the store's.</summary>
    public abstract Task<MySqlConnection> OpenBesideAsync(CancellationToken cancellationToken);

    public abstract ValueTask DisposeAsync();

    public abstract void Dispose();

    private sealed class OneServer(ConnectionSettings settings) : Servers
    {
        private readonly MySqlDataSource _writers = Source(settings, "settlement-writer", DatabaseAccess.Write);
        private readonly MySqlDataSource _readers = Source(settings, "settlement-reader", DatabaseAccess.Read);

        public override ValueTask<MySqlConnection> OpenWriterAsync(CancellationToken cancellationToken) => OpenAsync(_writers, cancellationToken);

        public override ValueTask<MySqlConnection> OpenReaderAsync(CancellationToken cancellationToken) => OpenAsync(_readers, cancellationToken);

        public override ValueTask<MySqlConnection> OpenBulkReaderAsync(CancellationToken cancellationToken) => OpenReaderAsync(cancellationToken);

        public override async Task<MySqlConnection> OpenBesideAsync(CancellationToken cancellationToken)
        {
            var connection = new MySqlConnection(new MySqlConnectionStringBuilder(settings.Builder.ConnectionString) { Database = settings.Beside, Pooling = false }.ConnectionString);
            settings.Credentials?.ApplyAll(connection);
            await OpenOrDisposeAsync(connection, cancellationToken).ConfigureAwait(false);
            return connection;
        }

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
            var own = new MySqlConnectionStringBuilder(settings.Builder.ConnectionString) { ApplicationName = application };
            var builder = new MySqlDataSourceBuilder(own.ConnectionString)
                .UseConnectionOpenedCallback((context, cancellationToken) => Session.BeginAsync(context.Connection, access, cancellationToken));
            settings.Credentials?.Apply(builder);
            return builder.Build();
        }
    }

    /// <summary>Pools of the store's over a router, which is the store's own or the application's.</summary>
    private sealed class SeveralServers(ConnectionSettings settings, MySqlMultiHostDataSource router, bool isOwn, RoutingOptions routing) : Servers
    {
        private readonly SharedRoutes _routes = router.Share(settings.Builder, Session.Of, routing);

        public override ValueTask<MySqlConnection> OpenWriterAsync(CancellationToken cancellationToken) =>
            _routes.OpenConnectionAsync(DatabaseAccess.Write, default, cancellationToken);

        public override ValueTask<MySqlConnection> OpenReaderAsync(CancellationToken cancellationToken) =>
            _routes.OpenConnectionAsync(DatabaseAccess.Read, ReadConsistency.Primary, cancellationToken);

        /// <summary>
        /// After the primary's position of now. A chunk is read when its day is closing, which waited for the writers under way, so what is committed by
        /// now holds all of the day's rows.
        /// </summary>
        public override async ValueTask<MySqlConnection> OpenBulkReaderAsync(CancellationToken cancellationToken)
        {
            var position = await _routes.ReadPositionAsync(cancellationToken).ConfigureAwait(false);
            // Without a binary log there is no position, and no replica that could be known to have anything.
            var consistency = position.IsNone ? ReadConsistency.Primary : ReadConsistency.After(position);
            return await _routes.OpenConnectionAsync(DatabaseAccess.Read, consistency, cancellationToken).ConfigureAwait(false);
        }

        public override async Task<MySqlConnection> OpenBesideAsync(CancellationToken cancellationToken)
        {
            var beside = new MySqlConnectionStringBuilder(settings.Builder.ConnectionString) { Database = settings.Beside, Pooling = false };
            var routes = router.Share(beside, Session.Of, routing);
            await using (routes.ConfigureAwait(false)) // without a pool it may go before its connection
                return await routes.OpenConnectionAsync(DatabaseAccess.Write, default, cancellationToken).ConfigureAwait(false);
        }

        public override async ValueTask DisposeAsync()
        {
            await _routes.DisposeAsync().ConfigureAwait(false);
            if (isOwn)
                await router.DisposeAsync().ConfigureAwait(false);
        }

        public override void Dispose()
        {
            _routes.Dispose();
            if (isOwn)
                router.Dispose();
        }
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
