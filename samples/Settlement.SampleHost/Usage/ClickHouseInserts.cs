using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Usage;

/// <summary>Thrown when ClickHouse refused a statement or did not confirm it. The statement may have been executed.</summary>
/// <param name="message">What happened, without the password.</param>
/// <param name="isRefused">Whether the server answered with an error, rather than not at all.</param>
/// <param name="inner">The cause, if it did not answer.</param>
internal sealed class ClickHouseUsageException(string message, bool isRefused, Exception? inner = null) : Exception(message, inner)
{
    public bool IsRefused => isRefused;
}

/// <summary>Inserts events over the HTTP interface of ClickHouse. Thread-safe.</summary>
internal sealed class ClickHouseInserts : IDisposable
{
    /// <summary>The longest part of a server's error that is displayed, in characters.</summary>
    private const int ErrorCharactersMax = 500;

    /// <summary>An insert is confirmed when the shards have its rows, not only the server that distributes them.</summary>
    private const string Settings = "insert_distributed_sync=1&wait_end_of_query=1";

    private static readonly string Columns =
        $"event_id, occurred_at, item_id, payee_id, {string.Join(", ", ClickHouseUsageOptions.Meters.Select(m => m.Column))}";

    private readonly ClickHouseUsageOptions _options;
    private readonly HttpClient _client;

    public ClickHouseInserts(ClickHouseUsageOptions options)
    {
        _options = options;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10), MaxConnectionsPerServer = 4,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5), PooledConnectionIdleTimeout = TimeSpan.FromSeconds(2),
        };
        _client = new HttpClient(handler) { BaseAddress = new Uri(options.Endpoint), Timeout = options.Timeout };
        if (options.User.Length > 0 || options.Password.Length > 0)
        {
            var user = options.User.Length > 0 ? options.User : "default";
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{options.Password}")));
        }
    }

    private string Table => $"`{_options.Database}`.`{_options.Table}`";

    /// <summary>Inserts events; returns when ClickHouse has confirmed them.</summary>
    /// <exception cref="ClickHouseUsageException">They are not confirmed. They may have been inserted.</exception>
    public Task InsertAsync(IReadOnlyList<OutboxEvent> events, CancellationToken cancellationToken)
    {
        var rows = new StringBuilder();
        foreach (var row in events)
            Append(rows, row);
        return ExecuteAsync($"INSERT INTO {Table} ({Columns}) FORMAT TabSeparated", rows.ToString(), cancellationToken);
    }

    /// <summary>Checks that the table can be read, and that it counts an event that is inserted twice once.</summary>
    /// <exception cref="StartException">The server refused that: the table is missing, or has other columns or another engine.</exception>
    /// <exception cref="ClickHouseUsageException">The server did not answer.</exception>
    public async Task RequireTableAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync($"SELECT {Columns} FROM {Table} FINAL LIMIT 1", "", cancellationToken);
        }
        catch (ClickHouseUsageException e) when (e.IsRefused)
        {
            throw new StartException(
                $"{ClickHouseUsageOptions.Section}: the table '{_options.Database}.{_options.Table}' can't be used. {e.Message} Create it, "
                + "with an engine of the ReplacingMergeTree family, by samples/Settlement.SampleHost/Containers/clickhouse.sql, or for a "
                + "cluster as docs/guides/clickhouse.md describes, and grant the user SELECT and INSERT.");
        }
    }

    public void Dispose() => _client.Dispose();

    private static void Append(StringBuilder rows, OutboxEvent row)
    {
        if (ClickHouseUsageOptions.Meters.All(m => m.Meter != row.Meter))
            throw new InvalidOperationException($"Event {row.EventId} has the meter '{row.Meter}', which has no column in ClickHouse.");
        rows.Append(Guid.ParseExact(row.EventId, "N").ToString("D")).Append('\t').Append(CultureInfo.InvariantCulture, $"{row.OccurredAt}")
            .Append('\t').Append(Escape(row.ItemId)).Append('\t').Append(Escape(row.PayeeId));
        foreach (var (meter, _) in ClickHouseUsageOptions.Meters)
            rows.Append(CultureInfo.InvariantCulture, $"\t{(meter == row.Meter ? row.Quantity : 0)}");
        rows.Append('\n');
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("\t", "\\t", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private async Task ExecuteAsync(string statement, string rows, CancellationToken cancellationToken)
    {
        try
        {
            using var content = new StringContent(rows, Encoding.UTF8, "text/plain");
            using var answer = await _client.PostAsync(
                new Uri($"?{Settings}&query={Uri.EscapeDataString(statement)}", UriKind.Relative), content, cancellationToken);
            if (answer.IsSuccessStatusCode && !answer.Headers.Contains("X-ClickHouse-Exception-Code"))
                return;
            var text = (await answer.Content.ReadAsStringAsync(cancellationToken)).ReplaceLineEndings(" ").Trim();
            throw new ClickHouseUsageException(string.Create(
                CultureInfo.InvariantCulture,
                $"ClickHouse at {Server} answered with status {(int)answer.StatusCode}: "
                    + $"{text[..Math.Min(text.Length, ErrorCharactersMax)]}"), isRefused: true);
        }
        catch (HttpRequestException e)
        {
            throw new ClickHouseUsageException($"ClickHouse at {Server} does not answer: {e.Message}", isRefused: false, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ClickHouseUsageException(
                $"ClickHouse at {Server} did not answer within {_options.Timeout} ({ClickHouseUsageOptions.Section}:Timeout).",
                isRefused: false, e);
        }
    }

    private string Server => _client.BaseAddress!.Authority;
}
