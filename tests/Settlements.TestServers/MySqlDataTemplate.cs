using System.Diagnostics;

namespace Settlements.TestServers;

/// <summary>
/// The data files of a new server, created once per process and copied for each server: a copy takes a tenth of the time of an
/// installation. Deleted when the process ends.
/// </summary>
internal static class MySqlDataTemplate
{
    /// <summary>
    /// The file with MySQL's server identity, which has to differ between servers; a server without it creates one at its start.
    /// </summary>
    private const string IdentityFile = "auto.cnf";

    private static readonly Lock Gate = new();
    private static Task<DirectoryInfo>? _made;

    /// <summary>
    /// Server options that match the files. MariaDB's redo log has a tenth of the default 96 MiB, which would be written completely for
    /// each server.
    /// </summary>
    public static string[] Options(string binary) => IsMariaDb(binary) ? ["--innodb-log-file-size=10M"] : [];

    /// <summary>Creates the data folder of a server.</summary>
    /// <param name="data">The folder, which must not exist.</param>
    /// <param name="binary">The server's binary.</param>
    /// <param name="installer">MariaDB's installer; null if there is none.</param>
    public static async Task CopyToAsync(string data, string binary, string? installer)
    {
        Task<DirectoryInfo> made;
        lock (Gate)
            made = _made ??= MakeAsync(binary, installer);
        Copy(await made, Directory.CreateDirectory(data));
    }

    private static async Task<DirectoryInfo> MakeAsync(string binary, string? installer)
    {
        var folder = Directory.CreateTempSubdirectory("settlement-mysql-template-");
        AppDomain.CurrentDomain.ProcessExit += (_, _) =>
        {
            if (Directory.Exists(folder.FullName))
                Directory.Delete(folder.FullName, recursive: true);
        };
        var data = folder.CreateSubdirectory("data");
        string[] options = ["--no-defaults", $"--datadir={data.FullName}", $"--user={Environment.UserName}", .. Options(binary)];
        var start = IsMariaDb(binary) && installer is not null
            ? new ProcessStartInfo(installer, [.. options, "--auth-root-authentication-method=normal", "--skip-test-db"])
            : new ProcessStartInfo(binary, [.. options, "--initialize-insecure"]);
        start.RedirectStandardOutput = start.RedirectStandardError = true;
        start.Environment["TMPDIR"] = folder.CreateSubdirectory("tmp").FullName;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"The server's data files could not be created: {await output}{error}");
        File.Delete(Path.Combine(data.FullName, IdentityFile));
        return data;
    }

    private static bool IsMariaDb(string binary) => binary.EndsWith("mariadbd", StringComparison.Ordinal);

    private static void Copy(DirectoryInfo from, DirectoryInfo to)
    {
        foreach (var file in from.EnumerateFiles())
            file.CopyTo(Path.Combine(to.FullName, file.Name));
        foreach (var folder in from.EnumerateDirectories())
            Copy(folder, to.CreateSubdirectory(folder.Name));
    }
}
