using System.Diagnostics;
using System.Globalization;

namespace Settlements.TestServers;

/// <summary>A server of a <see cref="ClickHouseCluster"/>.</summary>
/// <param name="folder">Its folder.</param>
public sealed class ClickHouseServer(string folder) : IDisposable
{
    /// <summary>A killed server's replicas become active again after it: long enough for a busy machine, and short for a test.</summary>
    private const int SessionTimeoutMilliseconds = 10_000;

    /// <summary>
    /// The default of 50 ms for a connection to another shard is too short for a busy machine; a refused one fails at once.
    /// </summary>
    private const string Patience = "<connect_timeout_with_failover_ms>30000</connect_timeout_with_failover_ms>";

    private static readonly TimeSpan ConnectsWithin = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan InsertsWithin = TimeSpan.FromMinutes(10);

    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(5);

    private readonly HttpClient _client = new(new SocketsHttpHandler
    {
        ConnectTimeout = ConnectsWithin, PooledConnectionIdleTimeout = TimeSpan.FromSeconds(1),
    })
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    private Process? _process;

    public int HttpPort { get; } = LoopbackPort.Find();

    public int TcpPort { get; } = LoopbackPort.Find();

    /// <summary>The address of the HTTP interface.</summary>
    public string Endpoint => string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{HttpPort}");

    /// <summary>
    /// The time limit of a statement, with its answer: longer than a busy machine needs, so that only a hanging server exceeds it.
    /// </summary>
    public TimeSpan StatementsWithin { get; init; } = TimeSpan.FromMinutes(3);

    public bool IsRunning => _process is { HasExited: false };

    public static string? FindBinary() => ProgramPath.Find("clickhouse-server");

    /// <summary>Executes a statement as the administrator, and returns its rows as text, with tabs between values.</summary>
    /// <exception cref="InvalidOperationException">The statement failed, or the server does not answer.</exception>
    public async Task<string> ExecuteAsync(string sql)
    {
        using var limit = new CancellationTokenSource(StatementsWithin);
        try
        {
            using var content = new StringContent(sql);
            using var answer = await _client.PostAsync(
                new Uri($"{Endpoint}/?insert_distributed_sync=1&wait_end_of_query=1"), content, limit.Token);
            var text = await answer.Content.ReadAsStringAsync(limit.Token);
            return answer.IsSuccessStatusCode ? text.TrimEnd('\n') : throw new InvalidOperationException($"{text}\n{sql}");
        }
        catch (HttpRequestException e)
        {
            throw new InvalidOperationException($"ClickHouse does not answer at {Endpoint}: {e.Message}", e);
        }
        catch (OperationCanceledException e)
        {
            throw new InvalidOperationException($"ClickHouse did not answer at {Endpoint} within {StatementsWithin}.\n{sql}", e);
        }
    }

    /// <summary>Inserts many rows as the administrator; when it returns, every shard has its rows.</summary>
    /// <param name="sql">The statement up to the format, for example <c>INSERT INTO t FORMAT CSV</c>.</param>
    /// <param name="rows">The rows in this format.</param>
    /// <exception cref="InvalidOperationException">The statement failed.</exception>
    public async Task InsertAsync(string sql, Stream rows)
    {
        using var handler = new SocketsHttpHandler { ConnectTimeout = ConnectsWithin };
        using var client = new HttpClient(handler) { Timeout = InsertsWithin };
        using var content = new StreamContent(rows);
        using var answer = await client.PostAsync(
            new Uri($"{Endpoint}/?insert_distributed_sync=1&query={Uri.EscapeDataString(sql)}"), content);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{await answer.Content.ReadAsStringAsync()}\n{sql}");
    }

    /// <summary>Kills the process, as in a crash, and waits for its end: a new one would find its lock otherwise.</summary>
    public void Kill()
    {
        if (_process is not { } process)
            return;
        process.Kill();
        process.WaitForExit();
        process.Dispose();
        _process = null;
    }

    public void Dispose()
    {
        Kill();
        _client.Dispose();
    }

    /// <summary>Writes the configuration.</summary>
    internal void Configure(int shard, string cluster, IEnumerable<int> tcpPorts, int zooKeeperPort)
    {
        Directory.CreateDirectory(folder);
        var shards = tcpPorts.Select(port => FormattableString.Invariant(
            $"<shard><internal_replication>true</internal_replication>")
            + FormattableString.Invariant($"<replica><host>127.0.0.1</host><port>{port}</port></replica></shard>"));

        // A time zone other than UTC, so that tests find code that depends on it.
        File.WriteAllText(Path.Combine(folder, "config.xml"), FormattableString.Invariant($"""
            <yandex>
              <logger><level>warning</level><log>{folder}/server.log</log><errorlog>{folder}/errors.log</errorlog></logger>
              <http_port>{HttpPort}</http_port><tcp_port>{TcpPort}</tcp_port>
              <interserver_http_port>{LoopbackPort.Find()}</interserver_http_port><interserver_http_host>127.0.0.1</interserver_http_host>
              <listen_host>127.0.0.1</listen_host><path>{folder}/data/</path><tmp_path>{folder}/tmp/</tmp_path>
              <user_files_path>{folder}/files/</user_files_path><format_schema_path>{folder}/schemas/</format_schema_path>
              <users_config>{folder}/users.xml</users_config><default_profile>default</default_profile>
              <default_database>default</default_database><timezone>Asia/Kolkata</timezone>
              <mark_cache_size>67108864</mark_cache_size><uncompressed_cache_size>0</uncompressed_cache_size>
              <remote_servers><{cluster}>{string.Concat(shards)}</{cluster}></remote_servers>
              <zookeeper><node><host>127.0.0.1</host><port>{zooKeeperPort}</port></node>
                <session_timeout_ms>{SessionTimeoutMilliseconds}</session_timeout_ms></zookeeper>
              <macros><shard>{shard}</shard><replica>1</replica></macros><distributed_ddl><path>/clickhouse/ddl</path></distributed_ddl>
            </yandex>
            """));
        File.WriteAllText(Path.Combine(folder, "users.xml"), $"""
            <yandex>
              <profiles>
                <default>{Patience}<max_memory_usage>1000000000</max_memory_usage><max_threads>2</max_threads></default>
                <reader>{Patience}<readonly>2</readonly><max_threads>2</max_threads><skip_unavailable_shards>1</skip_unavailable_shards>
                  <fallback_to_stale_replicas_for_distributed_queries>1</fallback_to_stale_replicas_for_distributed_queries></reader>
                <limited>{Patience}<readonly>2</readonly><max_rows_to_group_by>3</max_rows_to_group_by>
                  <group_by_overflow_mode>any</group_by_overflow_mode></limited>
              </profiles>
              <users>
                <default><password></password><networks><ip>127.0.0.1</ip></networks>
                  <profile>default</profile><quota>default</quota></default>
                {User(ClickHouseCluster.Reader)}{User(ClickHouseCluster.Limited)}
              </users>
              <quotas><default/></quotas>
            </yandex>
            """);
    }

    internal async Task RunAsync()
    {
        var start = new ProcessStartInfo(FindBinary()!, [$"--config-file={Path.Combine(folder, "config.xml")}"])
        {
            RedirectStandardError = true, RedirectStandardOutput = true, WorkingDirectory = folder,
        };
        IgnoredSignals.Reset();
        var process = Process.Start(start)!;
        _process = process;
        process.ErrorDataReceived += (_, _) => { };
        process.OutputDataReceived += (_, _) => { };
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await ExecuteAsync("SELECT 1");
                return;
            }
            catch (InvalidOperationException e)
            {
                if (process.HasExited || waited.Elapsed > StartsWithin)
                    throw new InvalidOperationException($"The server did not start: {e.Message}\n{Log()}");
                await Task.Delay(20);
            }
        }
    }

    private static string User(string name) =>
        $"<{name}><password>{ClickHouseCluster.Password.Replace("&", "&amp;", StringComparison.Ordinal)}</password>"
        + $"<networks><ip>127.0.0.1</ip></networks><profile>{name}</profile><quota>default</quota></{name}>";

    private string Log() => Path.Combine(folder, "errors.log") is var log && File.Exists(log) ? File.ReadAllText(log) : "";
}
