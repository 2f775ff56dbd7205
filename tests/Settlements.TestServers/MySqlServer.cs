using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using MySqlConnector;

namespace Settlements.TestServers;

/// <summary>
/// A real MariaDB or MySQL server for tests, from the binary on PATH, in a temporary folder and on a free loopback port; disposal ends it
/// by its process id. Without a binary, and with Docker, it is a container.
/// </summary>
public sealed class MySqlServer : IAsyncDisposable
{
    /// <summary>
    /// The environment variable that names a server for <see cref="NamedOrStartAsync"/>: its administrator's connection string.
    /// </summary>
    public const string NamedBy = "SETTLEMENT_TEST_MYSQL";

    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(5);

    private readonly DirectoryInfo _folder;
    private readonly string[] _options;
    private readonly ConcurrentDictionary<string, string> _databases = new();
    private Process? _process;
    private MySqlContainer? _container;
    private string? _named;

    private MySqlServer(DirectoryInfo folder, int port, string[] options)
    {
        _folder = folder;
        Port = port;
        _options = options;
    }

    public int Port { get; }

    /// <summary>The folder of the server's files.</summary>
    public string Folder => _folder.FullName;

    public bool IsRunning => _named is not null || _process is { HasExited: false } || _container is { HasEnded: false };

    public int ProcessId => _process?.Id ?? throw new InvalidOperationException("The server is stopped, or in a container.");

    /// <summary>The administrator's connection string, without a database.</summary>
    public string ConnectionString =>
        _named ?? $"Server=127.0.0.1;Port={Port};User ID=root;Password=;SslMode=None;AllowPublicKeyRetrieval=True";

    /// <summary>Whether a server can be started: there is a binary, or Docker.</summary>
    public static bool IsPossible => FindBinary() is not null || MySqlContainer.IsPossible();

    /// <summary>Returns the first server binary on PATH or in sbin; null if there is none.</summary>
    public static string? FindBinary() => Find("mariadbd", "mysqld");

    /// <summary>Creates and starts a new server.</summary>
    /// <param name="options">Additional options of the server, such as <c>--log-bin=on</c>.</param>
    /// <returns>The running server.</returns>
    public static async Task<MySqlServer> StartAsync(params string[] options)
    {
        var server = new MySqlServer(Directory.CreateTempSubdirectory("settlement-mysql-"), LoopbackPort.Find(), options);
        try
        {
            if (FindBinary() is null && MySqlContainer.IsPossible())
            {
                server._container = await MySqlContainer.StartAsync(server.Port, [.. Settings, .. options]);
                await server.WaitAsync(() => server._container.HasEnded);
                return server;
            }

            await server.InstallAsync();
            await server.RunAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>
    /// Connects to the server that <see cref="NamedBy"/> names, which disposal leaves running; starts a new one if the variable is unset.
    /// </summary>
    /// <param name="options">Additional options of a new server; ignored for a named one.</param>
    /// <returns>The running server.</returns>
    public static async Task<MySqlServer> NamedOrStartAsync(params string[] options)
    {
        if (Environment.GetEnvironmentVariable(NamedBy) is not { Length: > 0 } named)
            return await StartAsync(options);
        var port = checked((int)new MySqlConnectionStringBuilder(named).Port);
        var server = new MySqlServer(Directory.CreateTempSubdirectory("settlement-mysql-"), port, []) { _named = named };
        await server.WaitAsync(() => false);
        await server.ExecuteAsync("SET GLOBAL local_infile = 1"); // off by default in MySQL
        return server;
    }

    /// <summary>Creates an empty database and returns its connection string.</summary>
    /// <param name="name">The name. On a named server, which other processes also use, the process id is appended.</param>
    public async Task<string> CreateDatabaseAsync(string name)
    {
        var unique = _named is null ? name : string.Create(CultureInfo.InvariantCulture, $"{name}_{Environment.ProcessId}");
        await ExecuteAsync($"CREATE DATABASE `{unique}`");
        _databases[name] = unique;
        return $"{ConnectionString};Database={unique}";
    }

    /// <summary>Drops a database that <see cref="CreateDatabaseAsync"/> created with the same name.</summary>
    public async Task DropDatabaseAsync(string name)
    {
        if (_databases.TryRemove(name, out var unique))
            await ExecuteAsync($"DROP DATABASE `{unique}`");
    }

    public async Task ExecuteAsync(string sql)
    {
        await using var connection = new MySqlConnection(ConnectionString);
        await connection.OpenAsync();
        await using var command = new MySqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }

    /// <summary>Restarts the server after <see cref="Stop"/> or <see cref="Kill"/>, with the same port and files.</summary>
    /// <param name="more">Options for this start, in addition to those of creation; ignored for a container.</param>
    public async Task RunAsync(params string[] more)
    {
        if (_container is { } container)
        {
            container.Start();
            await WaitAsync(() => container.HasEnded);
            return;
        }

        var start = new ProcessStartInfo(FindBinary()!) { RedirectStandardError = true, RedirectStandardOutput = true };
        foreach (var option in (string[])[.. Usual(), .. _options, .. more])
            start.ArgumentList.Add(option);
        _process = Process.Start(start)!;
        _process.ErrorDataReceived += (_, _) => { };
        _process.OutputDataReceived += (_, _) => { };
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        await WaitAsync(() => _process.HasExited);
    }

    private async Task WaitAsync(Func<bool> hasEnded)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                await ExecuteAsync("SELECT 1");
                return;
            }
            catch (MySqlException e)
            {
                if (hasEnded() || waited.Elapsed > StartsWithin)
                    throw new InvalidOperationException($"The server did not answer on port {Port}: {e.Message}\n{Log()}");
                await Task.Delay(50);
            }
        }
    }

    /// <summary>Kills the process, as in a crash.</summary>
    public void Kill() => End(process => process.Kill(), container => container.Kill());

    /// <summary>Shuts down the server.</summary>
    public void Stop() => End(
        process => Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)])!.WaitForExit(),
        container => container.Stop());

    public async ValueTask DisposeAsync()
    {
        if (_container is not null)
            await _container.DisposeAsync();
        else
            Kill();
        if (_named is not null)
        {
            foreach (var name in _databases.Keys)
                await DropDatabaseAsync(name);
        }

        if (_folder.Exists)
            _folder.Delete(recursive: true);
    }

    private async Task InstallAsync()
    {
        var binary = FindBinary() ?? throw new InvalidOperationException(
            "Neither mariadbd nor mysqld is on PATH, and Docker does not answer. On Debian: apt-get install mariadb-server");
        await MySqlDataTemplate.CopyToAsync(Data, binary, Find("mariadb-install-db", "mysql_install_db"));
    }

    private string Data => Path.Combine(_folder.FullName, "data");

    /// <summary>
    /// The server's temporary folder. A starting server deletes its content: in /tmp it would delete files of one being installed.
    /// </summary>
    private string Temporary => Directory.CreateDirectory(Path.Combine(_folder.FullName, "tmp")).FullName;

    private string[] Usual() =>
    [
        "--no-defaults", $"--datadir={Data}", $"--port={Port}", "--bind-address=127.0.0.1",
        $"--socket={Path.Combine(_folder.FullName, "s")}",
        $"--pid-file={Path.Combine(_folder.FullName, "pid")}", $"--log-error={Path.Combine(_folder.FullName, "log.err")}",
        $"--user={Environment.UserName}",
        $"--tmpdir={Temporary}",
        .. MySqlDataTemplate.Options(FindBinary()!), .. Settings,
    ];

    /// <summary>A server time zone other than UTC, so that tests find code that depends on it.</summary>
    private static readonly string[] Settings = ["--local-infile=1", "--default-time-zone=+05:30", "--skip-name-resolve"];

    private void End(Action<Process> end, Action<MySqlContainer> endContainer)
    {
        if (_container is { HasEnded: false })
            endContainer(_container);
        if (_process is null)
            return;
        if (!_process.HasExited)
        {
            end(_process);
            _process.WaitForExit();
        }

        _process.Dispose();
        _process = null;
    }

    private string Log() => Path.Combine(_folder.FullName, "log.err") is var log && File.Exists(log) ? File.ReadAllText(log) : "";

    private static string? Find(params string[] names) =>
        (from folder in (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':').Append("/usr/sbin").Append("/usr/local/sbin")
         from name in names
         let path = Path.Combine(folder, name)
         where File.Exists(path)
         orderby Array.IndexOf(names, name)
         select path).FirstOrDefault();
}
