using Microsoft.Extensions.Logging;

namespace Settlements.MySql;

/// <summary>
/// Detects in the driver's log that a server refused a write because it is read-only. The application uses the driver's connection
/// directly, so the router doesn't see its errors; but the driver logs each error that a server sends (event "ErrorPayload" of
/// MySqlConnector.MySqlConnection, at debug level). All messages are forwarded to the application's log.
/// </summary>
internal sealed class RefusalListener(ILoggerFactory logs, Action<bool> refused) : ILoggerFactory
{
    private const string Category = "MySqlConnector.MySqlConnection";

    /// <summary>"The server is running with the --read-only option", and "Running in read-only mode".</summary>
    private const int OptionPreventsStatement = 1290;
    private const int ReadOnlyMode = 1836;

    /// <summary>
    /// "Cannot execute statement in a READ ONLY transaction": the server is read-only, or the application's transaction is; a probe
    /// decides.
    /// </summary>
    private const int ReadOnlyTransaction = 1792;

    public ILogger CreateLogger(string categoryName)
    {
        var log = logs.CreateLogger(categoryName);
        return categoryName == Category ? new Listener(log, refused) : log;
    }

    public void AddProvider(ILoggerProvider provider) => logs.AddProvider(provider);

    /// <summary>Does nothing: the factory belongs to the application.</summary>
    public void Dispose()
    {
    }

    private sealed class Listener(ILogger log, Action<bool> refused) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => log.BeginScope(state);

        public bool IsEnabled(LogLevel logLevel) => logLevel == LogLevel.Debug || log.IsEnabled(logLevel);

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel == LogLevel.Debug && eventId.Name == "ErrorPayload"
                && state is IEnumerable<KeyValuePair<string, object?>> values && Refusal(values) is { } isCertain)
            {
                refused(isCertain);
            }

            if (log.IsEnabled(logLevel))
                log.Log(logLevel, eventId, state, exception, formatter);
        }

        /// <summary>Returns whether it is certain that the server is read-only; null for other errors.</summary>
        private static bool? Refusal(IEnumerable<KeyValuePair<string, object?>> values)
        {
            int? number = null;
            var message = "";
            foreach (var (key, value) in values)
            {
                if (key == "ErrorCode")
                    number = value as int?;
                else if (key == "Message")
                    message = value as string ?? "";
            }

            return number switch
            {
                // The error number is also used for other options, such as --secure-file-priv.
                OptionPreventsStatement => message.Contains("read-only", StringComparison.OrdinalIgnoreCase)
                    || message.Contains("read_only", StringComparison.OrdinalIgnoreCase) ? true : null,
                ReadOnlyMode => true,
                ReadOnlyTransaction => false,
                _ => null,
            };
        }
    }
}
