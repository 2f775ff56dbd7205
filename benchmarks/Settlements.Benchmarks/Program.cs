using System.Globalization;
using BenchmarkDotNet.Running;
using Settlements.Benchmarks;

// Without arguments, the program lists its benchmarks: dotnet run -c Release --project benchmarks/Settlements.Benchmarks
switch (args)
{
    case ["pricing", .. var rest]:
        BenchmarkSwitcher.FromTypes([typeof(PricingBenchmark)]).Run(["--filter", "*", .. rest]);
        return 0;
    case ["sqlite", .. var rest]:
        return SqliteComparison.Run(
            Option(rest, "--events", 1_000_000), Option(rest, "--items", 100_000), Option(rest, "--rounds", 3),
            Text(rest, "--ids", "random") == "ordered",
            Text(rest, "--only", ""));
    case ["mysql", .. var rest]:
        return await MySqlComparison.RunAsync(new MySqlSize(
            Option(rest, "--events", 1_000_000), Option(rest, "--items", 100_000), Option(rest, "--rounds", 1), Text(rest, "--only", ""),
            rest.Contains("--keep")));
    case ["servers", .. var rest]:
        return await ServersComparison.RunAsync(
            Option(rest, "--events", 4_000_000), Option(rest, "--items", 100_000), Option(rest, "--rounds", 3));
    case ["csv", .. var rest]:
        return await CsvComparison.RunAsync(Option(rest, "--rows", 500_000), Option(rest, "--rounds", 5));
    case ["routing", .. var rest]:
        return await RoutingComparison.RunAsync(Option(rest, "--rounds", 9), Text(rest, "--only", ""));
    case ["intake", .. var rest]:
        return await IntakeComparison.RunAsync(new IntakeSize(
            Option(rest, "--events", 500_000), Option(rest, "--callers", 200), Option(rest, "--rounds", 3), Text(rest, "--only", "")));
    case ["platform", .. var rest]:
        return await new PlatformComparison(
            Option(rest, "--callers", 200), Option(rest, "--rounds", 3), Option(rest, "--events", 10_000_000),
            Option(rest, "--items", 100_000))
            .RunAsync(Text(rest, "--only", ""));
    case ["clickhouse", .. var rest]:
        return await ClickHouseSums.RunAsync(
            Option(rest, "--rows", 5_000_000), Option(rest, "--items", 200_000), Option(rest, "--rounds", 5));
    case ["files", .. var rest]:
        return await new FilesComparison(
            Option(rest, "--events", 10_000_000), Option(rest, "--items", 100_000), Option(rest, "--rounds", 3),
            Text(rest, "--ids", "text") == "text", Text(rest, "--mariadb", "")).RunAsync();
    case ["estimate", .. var rest]:
        return await new EstimateComparison(
            Option(rest, "--events", 1_000_000), Option(rest, "--items", 100_000), Option(rest, "--rounds", 3))
            .RunAsync(Text(rest, "--only", ""));
    case ["statements", .. var rest]:
        return await new StatementsComparison(
            Option(rest, "--days", 30), Option(rest, "--lines", 100_000), Option(rest, "--payees", 10_000), Option(rest, "--rounds", 3))
            .RunAsync(Text(rest, "--only", ""));
    case ["reconcile", .. var rest]:
        return await new ReconcileComparison(
            Option(rest, "--days", 30), Option(rest, "--events", 1_000_000), Option(rest, "--items", 10_000), Option(rest, "--rounds", 3))
            .RunAsync(Text(rest, "--only", ""));
    case ["files-child", .. var rest]:
        return await FilesChild.RunAsync(rest);
    case ["compare-close", .. var rest]:
        return await new CloseComparison(
            new CloseRevision(Text(rest, "--revision", "other"), Text(rest, "--program", "")),
            new CloseRevision(Text(rest, "--own", "own"), typeof(CloseComparison).Assembly.Location),
            Option(rest, "--rounds", 3), Option(rest, "--divide-by", 1)).RunAsync(Text(rest, "--only", ""));
    case ["mysql-child", .. var rest]:
        return await MySqlChild.RunAsync(rest);
    case ["child", .. var rest]:
        return await ChildProcess.RunAsync(rest);
    default:
        await Console.Error.WriteLineAsync("""
            pricing   prices lines, by BenchmarkDotNet
            sqlite    import and close on SQLite against hand-written peers, in one run:
                      [--events 1000000] [--items 100000] [--ids random|ordered] [--rounds 3] [--only import|close|history]
            mysql     load and close on a MariaDB server that it starts, against the server's client, the driver's bulk copy and SQL,
                      in one run:
                      [--events 1000000] [--items 100000] [--rounds 1] [--only load|close|history|restart|price] [--keep]
                      (--keep leaves the server running and the folder of its files, and prints where they are)
            servers   the close of a table on two MariaDB servers that it starts, against the same table on one, by both plans:
                      [--events 4000000] [--items 100000] [--rounds 3]
            csv       the library's reader of CSV files against Sep and Sylvan: processor time, and how each handles malformed rows:
                      [--rows 500000] [--rounds 5]
            routing   the read/write router over a primary and two replicas that it starts, against the driver's data source,
                      in one run:
                      [--rounds 9] [--only open|token|throughput|failover]
            intake    many callers writing single events, through the writer and by an INSERT per request,
                      on SQLite and on a MariaDB server that it starts:
                      [--events 500000] [--callers 200] [--rounds 3] [--only sqlite|mysql]
            platform  the sample's host: plays of many callers against an INSERT per request, the least work of a report by hand (limit),
                      and on SQLite its pages during plays:
                      [--callers 200] [--rounds 3] [--events 10000000] [--items 100000] [--only sqlite|mysql|limit|pages|close]
            clickhouse  the sums of a day read from a ClickHouse cluster of two shards that it starts:
                      [--rows 5000000] [--items 200000] [--rounds 5]
            files     a close of a Parquet file into SQLite against DuckDB's own GROUP BY of the same file, and with --mariadb also
                      against INSERT … SELECT … GROUP BY of the same rows in a MariaDB server that it starts, with this collation:
                      [--events 10000000] [--items 100000] [--ids text|integer] [--rounds 3] [--mariadb ascii_bin|utf8mb4_general_ci]
            estimate  a refresh of the estimate of an open day against the sum and price steps of its close, in processor time:
                      [--events 1000000] [--items 100000] [--rounds 3] [--only sqlite|mysql]
            statements  the statements of all payees for a month, first asked for after a close, against a sum of the month's lines:
                      [--days 30] [--lines 100000] [--payees 10000] [--rounds 3] [--only sqlite|mysql]
            reconcile  a reconciliation of closed, unchanged days against one that sums them again, of Parquet files and of the
                      library's event table:
                      [--days 30] [--events 1000000] [--items 10000] [--rounds 3] [--only files|sqlite|mysql]
            compare-close  closes of this revision compared with those of another one; eng/compare-close.sh builds both and calls it
            """);
        return 2;
}

static int Option(string[] args, string name, int otherwise) =>
    int.Parse(Text(args, name, $"{otherwise}"), NumberStyles.AllowThousands, CultureInfo.InvariantCulture);

static string Text(string[] args, string name, string otherwise) =>
    Array.IndexOf(args, name) is var at and >= 0 && at + 1 < args.Length ? args[at + 1] : otherwise;
