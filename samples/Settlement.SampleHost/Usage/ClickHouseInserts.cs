using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.RegularExpressions;
using Settlement.SampleHost.Hosting;

namespace Settlement.SampleHost.Usage;

/// <summary>Thrown when ClickHouse refused a statement or did not confirm it. The statement may have been executed.</summary>
/// <param name="message">What happened, without the password.</param>
/// <param name="isConfiguration">Whether settings, grants or the table must be changed; otherwise a retry may succeed.</param>
/// <param name="inner">The cause, if it did not answer.</param>
internal sealed class ClickHouseUsageException(string message, bool isConfiguration, Exception? inner = null) : Exception(message, inner)
{
    public bool IsConfiguration => isConfiguration;
}

/// <summary>Inserts events over the HTTP interface of ClickHouse. Thread-safe.</summary>
internal sealed partial class ClickHouseInserts : IDisposable
{
    /// <summary>The longest part of a server's error that is displayed, in characters.</summary>
    private const int ErrorCharactersMax = 500;

    /// <summary>The longest part of an error that is read, in bytes.</summary>
    private const int ErrorBytesMax = 16 * 1024;

    /// <summary>
    /// Errors that end only when settings, grants or the table are changed. 16, 47: columns; 36, 43, 48, 53, 62, 181: another table or
    /// engine, or no FINAL; 60, 81: table, database; 115, 164: settings of the user; 170, 701: cluster; 192 to 195, 291, 497, 516: user,
    /// password, network, grants.
    /// </summary>
    private static readonly HashSet<int> ConfigurationErrors =
        [16, 36, 43, 47, 48, 53, 60, 62, 81, 115, 164, 170, 181, 192, 193, 194, 195, 291, 497, 516, 701];

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
        _client = new HttpClient(handler) { BaseAddress = new Uri(options.Endpoint), Timeout = Timeout.InfiniteTimeSpan };
        if (options.User.Length > 0 || options.Password.Length > 0)
        {
            var user = options.User.Length > 0 ? options.User : "default";
            _client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue(
                "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{options.Password}")));
        }
    }

    /// <summary>The error of the last statement; null if it succeeded, or there was none.</summary>
    public string? Failure { get; private set; }

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
    /// <exception cref="StartException">
    /// The configuration is wrong: the user can't log in, or the table is missing, or has other columns or another engine.
    /// </exception>
    /// <exception cref="ClickHouseUsageException">The server, or a shard or replica that it needs, did not answer.</exception>
    public async Task RequireTableAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ExecuteAsync($"SELECT {Columns} FROM {Table} FINAL LIMIT 1", "", cancellationToken);
        }
        catch (ClickHouseUsageException e) when (e.IsConfiguration)
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
            await SendAsync(statement, rows, cancellationToken);
            Failure = null;
        }
        catch (ClickHouseUsageException e)
        {
            Failure = e.Message;
            throw;
        }
    }

    private async Task SendAsync(string statement, string rows, CancellationToken cancellationToken)
    {
        // Includes the body of an answer, unlike the limit of the client.
        using var limit = new CancellationTokenSource(_options.Timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using var request = new HttpRequestMessage(
                HttpMethod.Post, new Uri($"?{Settings}&query={Uri.EscapeDataString(statement)}", UriKind.Relative))
            {
                Content = new StringContent(rows, Encoding.UTF8, "text/plain"),
            };
            using var answer = await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token);
            if (!answer.IsSuccessStatusCode || answer.Headers.Contains("X-ClickHouse-Exception-Code"))
                throw Refused(answer, await ReadErrorAsync(answer, either.Token));

            // The answer of a check has a row at most; without its end, the connection would not be used again.
            await answer.Content.CopyToAsync(Stream.Null, either.Token);
        }
        catch (Exception e) when (e is HttpRequestException or IOException)
        {
            throw new ClickHouseUsageException($"ClickHouse at {Server} does not answer: {e.Message}", isConfiguration: false, e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ClickHouseUsageException(
                $"ClickHouse at {Server} did not answer within {_options.Timeout} ({ClickHouseUsageOptions.Section}:Timeout).",
                isConfiguration: false, e);
        }
    }

    private ClickHouseUsageException Refused(HttpResponseMessage answer, string text)
    {
        var code = answer.Headers.TryGetValues("X-ClickHouse-Exception-Code", out var codes) ? codes.FirstOrDefault() : null;

        // Old servers name the code in the text only: that of another server, which it repeats, is the last.
        code ??= CodePattern().Matches(text) is { Count: > 0 } found ? found[^1].Groups[1].Value : null;
        var isConfiguration = int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? ConfigurationErrors.Contains(number)
            : answer.StatusCode is >= HttpStatusCode.Moved and < HttpStatusCode.InternalServerError
                and not (HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests);
        return new ClickHouseUsageException(
            string.Create(
                CultureInfo.InvariantCulture,
                $"ClickHouse at {Server} answered with status {(int)answer.StatusCode}: "
                    + $"{text[..Math.Min(text.Length, ErrorCharactersMax)]}"),
            isConfiguration);
    }

    private static async Task<string> ReadErrorAsync(HttpResponseMessage answer, CancellationToken cancellationToken)
    {
        await using var stream = await answer.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[ErrorBytesMax];
        var read = await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return Encoding.UTF8.GetString(bytes, 0, read).ReplaceLineEndings(" ").Trim();
    }

    private string Server => _client.BaseAddress!.Authority;

    [GeneratedRegex(@"Code: (\d{1,6})[.,]", RegexOptions.CultureInvariant)]
    private static partial Regex CodePattern();
}
