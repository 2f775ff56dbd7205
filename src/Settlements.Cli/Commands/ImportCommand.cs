using System.CommandLine;
using System.Diagnostics;
using Settlements.Stores;

namespace Settlements.Cli;

/// <summary><c>import FILE…</c>: stores the events of CSV files.</summary>
internal static class ImportCommand
{
    private const string StandardInput = "-";
    private const int RejectsDefault = 1_000;

    public static Command Create(CommonOptions common)
    {
        var files = new Argument<string[]>("FILE")
        {
            Description = "CSV with the header "
                + "event_id,occurred_at,meter,item_id,payee_id,quantity[,reason,reference]; '-' is standard input.",
            Arity = ArgumentArity.OneOrMore,
        };
        var rejects = CommandOptions.Text(
            "--rejects", "Write invalid rows to this CSV file (it is replaced) and continue, instead of stopping at the first.", "FILE",
            required: false);
        var rejectsMax = CommandOptions.Count("--rejects-max", "With --rejects: stop when more rows than this are invalid.", RejectsDefault,
            0, int.MaxValue);
        var chunkRows = CommandOptions.Count(
            "--chunk-rows", "Rows stored in one transaction.", UsageLoadOptions.ChunkRowsDefault, 1, EventBatch.CapacityMax);
        var command = new Command("import", "Store the events of CSV files. Importing a file again stores nothing twice.")
        {
            files, rejects, rejectsMax, chunkRows,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var inputs = parsed.GetValue(files)!;
            var rejectsFile = parsed.GetValue(rejects);
            if (rejectsFile is null && parsed.GetResult(rejectsMax) is { Implicit: false })
                throw new UsageException("--rejects-max requires --rejects FILE, the file for invalid rows.");
            ValidateFiles(inputs, rejectsFile);

            await using var context = await common.OpenOrCreateAsync(parsed, cancellationToken);
            using var rejected = rejectsFile is null ? null : new RejectsFile(rejectsFile);
            var import = new Import(context.Engine.Events, rejected, rejected is null ? 0 : parsed.GetValue(rejectsMax),
                parsed.GetValue(chunkRows));
            foreach (var input in inputs)
                await import.LoadAsync(input, cancellationToken);
            Print(import, rejectsFile, common.IsJson(parsed));
            return ExitCode.Success;
        });
        return command;
    }

    /// <summary>Checks all files before anything is stored, so that a mistyped name doesn't leave some of the files imported.</summary>
    private static void ValidateFiles(string[] inputs, string? rejectsFile)
    {
        foreach (var input in inputs.Where(i => i != StandardInput))
        {
            if (Directory.Exists(input))
                throw new UsageException($"'{input}' is a folder. Name its files: {Path.Combine(input, "*.csv")}");
            if (!File.Exists(input))
                throw new UsageException($"There is no file '{input}'. Check the path.");
            if (rejectsFile is not null && Path.GetFullPath(input) == Path.GetFullPath(rejectsFile))
                throw new UsageException($"--rejects '{rejectsFile}' would replace the file to import. Name another file.");
        }

        if (rejectsFile is not null && Path.GetDirectoryName(Path.GetFullPath(rejectsFile)) is { } folder && !Directory.Exists(folder))
            throw new UsageException($"There is no folder '{folder}' for --rejects. Create it, or name another file.");
        if (inputs.Count(i => i == StandardInput) > 1)
            throw new UsageException("'-' is given more than once, but standard input can be read only once.");
    }

    private static void Print(Import import, string? rejectsFile, bool isJson)
    {
        if (isJson)
        {
            Json.Print(new
            {
                import.Sent, import.Stored, import.Duplicates, import.Rejected, import.Late,
                DurationSeconds = Json.Seconds(import.Duration), RowsPerSecond = Math.Round((decimal)import.RowsPerSecond),
                RejectsFile = rejectsFile,
            });
            return;
        }

        var table = new TextTable("Rows", ">Count");
        table.Add("sent", Text.Number(import.Sent));
        table.Add("stored", Text.Number(import.Stored));
        table.Add("duplicates", Text.Number(import.Duplicates));
        table.Add("rejected", Text.Number(import.Rejected));
        table.Add("late (of the stored)", Text.Number(import.Late));
        table.Print();
        Console.WriteLine($"{Text.Number(import.RowsPerSecond)} rows/s in {Text.Duration(import.Duration)}.");
        if (import.Late > 0)
            Console.WriteLine("Late events happened on a closed day; they are posted to the first open day.");
        if (import.Rejected > 0)
            Console.WriteLine($"The rejected rows are in {rejectsFile}.");
    }

    /// <summary>Imports the files of one command and adds up their counts.</summary>
    private sealed class Import(UsageLoader loader, RejectsFile? rejects, int rejectsMax, int chunkRows)
    {
        private readonly long _started = Stopwatch.GetTimestamp();

        public long Sent { get; private set; }

        public long Stored { get; private set; }

        public long Duplicates { get; private set; }

        public long Rejected { get; private set; }

        public long Late { get; private set; }

        public TimeSpan Duration { get; private set; }

        public double RowsPerSecond => Duration > TimeSpan.Zero ? Sent / Duration.TotalSeconds : 0;

        public async Task LoadAsync(string input, CancellationToken cancellationToken)
        {
            var name = input == StandardInput ? "standard input" : input;
            var options = new UsageLoadOptions
            {
                ChunkRows = chunkRows,
                RejectsMax = rejectsMax - (int)Rejected,
                OnRejected = rejects is null ? null : (row, _) => rejects.AddAsync(name, row),
            };
            try
            {
                await using var stream = Open(input);
                var loading = ProgressView.RunAsync($"Importing {name}", view => loader.LoadCsvAsync(
                    stream, options,
                    new ProgressMap<LoadProgress>(view, p => new WorkState(
                        p.Fraction, $"{Text.Number(p.Sent)} rows, {Text.Number(p.RowsPerSecond)} rows/s")), cancellationToken));

                // A pending read of a terminal or a pipe can't be cancelled, so it is abandoned.
                Add(await (input == StandardInput ? loading.WaitAsync(cancellationToken) : loading));
            }
            catch (RowRejectedException e)
            {
                if (rejects is not null)
                    await rejects.AddAsync(name, e.RejectedInChunk);
                throw new UsageException(
                    $"{name}: {e.Message} The rows of this chunk were not stored; earlier chunks and files "
                        + $"were. Correct the row and import "
                    + "again: stored events are skipped.");
            }
        }

        private static Stream Open(string input) => input == StandardInput
            ? Console.OpenStandardInput()
            : new FileStream(input, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0,
                FileOptions.SequentialScan | FileOptions.Asynchronous);


        private void Add(LoadReport report)
        {
            Sent += report.Sent;
            Stored += report.Stored;
            Duplicates += report.Duplicates;
            Rejected += report.Rejected;
            Late += report.Late;
            Duration = Stopwatch.GetElapsedTime(_started);
        }
    }
}
