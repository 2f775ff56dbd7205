// Usage: Settlements.PackageConsumer FOLDER
// Uses the packages of a folder in new programs, as a user would: with the code and the packages of the READMEs, and compares the output
// with theirs. On SQLite, and on MariaDB or MySQL if a binary is installed.
using System.Runtime.InteropServices;
using System.Text.RegularExpressions;
using Settlements.PackageConsumer;
using Settlements.TestServers;

if (args is not [{ Length: > 0 } folder])
{
    Console.Error.WriteLine("Usage: Settlements.PackageConsumer FOLDER");
    return 2;
}

IgnoredSignals.Reset();
using var stop = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
try
{
    await ConsumeAsync(stop.Token);
    return 0;
}
catch (CheckFailedException failure)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}
catch (OperationCanceledException)
{
    Console.Error.WriteLine("Stopped by a signal.");
    return 1;
}

async Task ConsumeAsync(CancellationToken cancellationToken)
{
    using var workspace = new Workspace(folder, cancellationToken);
    await workspace.PrepareAsync();

    var core = await AddAsync("core", "Settlements");
    var sqlite = await AddAsync("sqlite", "Settlements.Sqlite");
    var mysql = await AddAsync("mysql", "Settlements.MySql");
    var duckDb = await AddAsync("duckdb", "Settlements.DuckDb");
    _ = await AddAsync("clickhouse", "Settlements.ClickHouse"); // only built: it needs a cluster
    var testing = await AddAsync("testing", "Settlements.Testing");
    var web = new WebProgram(await AddAsync("web", "Settlements.AspNetCore", template: "web"));
    var names = await workspace.AddAsync("names", NamesProgram.Code, ["Settlements.Sqlite", "Microsoft.Extensions.DependencyInjection"]);
    var main = new Readme("README.md");
    var printed = main.PrintedOutput;
    var code = main.Block("csharp");
    var readme = await workspace.AddAsync("readme", code, ["Settlements.Sqlite", "Microsoft.Extensions.DependencyInjection"]);
    var readmeMySql = await workspace.AddAsync(
        "readme-mysql", OnMySql(code), ["Settlements.MySql", "Microsoft.Extensions.DependencyInjection"]);
    await workspace.BuildAsync();

    foreach (var program in (NewProgram[])[core, sqlite, duckDb, testing])
        await program.ExpectTwiceAsync(OutputOf(program));
    await readme.ExpectTwiceAsync(printed);
    await names.ExpectTwiceAsync(NamesProgram.Output);
    await Tool.TryAsync(workspace);
    await web.TryAsync();

    await using var server = await DatabaseServer.TryStartAsync();
    if (server is null)
        return;
    await mysql.ExpectTwiceAsync(OutputOf(mysql), server.ConnectionString("settlement"));
    await readmeMySql.ExpectTwiceAsync(printed, server.ConnectionString("readme"));

    async Task<NewProgram> AddAsync(string name, string package, string template = "console")
    {
        var page = Readme.OfPackage(package);
        return await workspace.AddAsync(name, page.Block("csharp"), page.AddedPackages, template, page);
    }
}

static string OutputOf(NewProgram program) => program.Readme!.Block("text").TrimEnd('\n');

// As README.md describes: UseMySql(connectionString) in place of UseSqlite.
static string OnMySql(string code)
{
    var use = $".UseMySql(Environment.GetEnvironmentVariable(\"{NewProgram.Connection}\")!)";
    var replaced = Regex.Replace(code, @"\.UseSqlite\(""[^""]*""\)", use);
    CheckFailedException.ThrowUnless(replaced != code, "README.md's program has no UseSqlite(\"…\") to replace with UseMySql.");
    return replaced;
}

void Stop(PosixSignalContext context)
{
    context.Cancel = true;
    stop.Cancel();
}
