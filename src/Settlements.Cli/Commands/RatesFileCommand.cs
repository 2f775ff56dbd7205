using System.CommandLine;
using System.Text;

namespace Settlements.Cli;

/// <summary><c>rates export</c> and <c>rates import</c>: rate versions as JSON and CSV.</summary>
internal static class RatesFileCommand
{
    private const string StandardInput = "standard input";

    /// <summary>The length of the longest text that is imported, in UTF-16 code units.</summary>
    private const int LengthMax = 32 << 20;

    private static readonly UTF8Encoding StrictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static Command CreateExport(CommonOptions common)
    {
        var output = CommandOptions.Text("--output", "The file, replaced when the export is complete; '-' is standard output.", "FILE");
        var (format, meter) = (Format(), CommandOptions.Text("--meter", "Only versions of this meter.", "METER", required: false));
        var command = new Command("export", "Export the versions of the settlement's file and of the store, without the proposed ones.")
        {
            output, format, meter,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var (path, isJson) = (parsed.GetValue(output)!, common.IsJson(parsed));
            if (isJson && path == OutputFile.Standard)
                throw new UsageException("--json and --output - would both write to standard output. Name a file with --output FILE.");
            await using var context = common.OpenExisting(parsed);
            var of = parsed.GetValue(meter);
            var text = await context.Engine.Rates.ExportAsync(FormatOf(parsed.GetValue(format), path), of, cancellationToken);
            await OutputFile.WriteAsync(path, "rates.csv", async writer =>
            {
                await writer.WriteAsync(text.AsMemory(), cancellationToken);
                await writer.FlushAsync(cancellationToken);
                return true;
            });
            if (isJson)
                Json.Print(new { Output = path, Meter = of });
            else if (path != OutputFile.Standard)
                Console.WriteLine($"Exported rates to {path}.");
            return ExitCode.Success;
        });
        return command;
    }

    public static Command CreateImport(CommonOptions common)
    {
        var file = new Argument<string>("FILE")
        {
            Description = "An export, a settlement's file or only its part \"rates\"; '-' is standard input.",
        };
        var (format, reason, by) = (Format(), ProposalOptions.Reason(), ProposalOptions.By());
        var command = new Command(
            "import", "Propose each version of a file that does not exist. Importing a file again proposes nothing twice.")
        {
            file, format, reason, by,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var path = parsed.GetValue(file)!;
            var text = await ReadAsync(path, cancellationToken);
            await using var context = common.OpenExisting(parsed);
            var report = await context.Engine.Rates.ImportAsync(
                text, FormatOf(parsed.GetValue(format), path), path == OutputFile.Standard ? StandardInput : path,
                parsed.GetValue(reason)!, parsed.GetValue(by)!, cancellationToken);
            if (common.IsJson(parsed))
            {
                Json.Print(new
                {
                    Proposals = report.Proposals.Select(p => new { Proposal = p.ProposalId, p.Hash }), Skipped = report.SkippedCount,
                });
            }
            else
            {
                Print(report);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static void Print(RateImportReport report)
    {
        var skipped = report.SkippedCount == 0
            ? "" : $" {Text.Count(report.SkippedCount, "version exists or is proposed", "versions exist or are proposed")} already.";
        Console.WriteLine($"Proposed {Text.Count(report.Proposals.Count, "version", "versions")}.{skipped}");
        if (report.Proposals.Count == 0)
            return;
        var table = new TextTable(">Proposal", "Version", "Hash");
        foreach (var proposal in report.Proposals)
            table.Add($"{proposal.ProposalId}", RatesCommand.Describe(proposal), proposal.Hash);
        table.Print();
        Console.WriteLine("They price nothing until they are approved, in this order:");
        Console.WriteLine("  settlement approve NUMBER --hash HASH --by NAME");
    }

    private static Option<string> Format()
    {
        var format = new Option<string>("--format") { Description = "Default: csv for a file whose name ends in .csv, else json." };
        format.AcceptOnlyFromAmong("json", "csv");
        return format;
    }

    private static RateFormat FormatOf(string? format, string path) =>
        format == "csv" || (format is null && path.EndsWith(".csv", StringComparison.OrdinalIgnoreCase)) ? RateFormat.Csv : RateFormat.Json;

    private static string NameOf(string path) => path == OutputFile.Standard ? StandardInput : $"'{path}'";

    private static async Task<string> ReadAsync(string path, CancellationToken cancellationToken)
    {
        if (Directory.Exists(path))
            throw new UsageException($"'{path}' is a folder. Name a file in it.");
        if (path != OutputFile.Standard && !File.Exists(path))
            throw new UsageException($"There is no file '{path}'. Check the path.");
        try
        {
            await using var stream = path == OutputFile.Standard ? Console.OpenStandardInput() : File.OpenRead(path);
            using var reader = new StreamReader(stream, StrictUtf8);
            var text = new StringBuilder();
            var buffer = new char[81_920];
            while (text.Length <= LengthMax)
            {
                // A pending read of a terminal or a pipe can't be cancelled, so it is abandoned.
                var count = await reader.ReadAsync(buffer, cancellationToken).AsTask().WaitAsync(cancellationToken);
                if (count == 0)
                    return text.ToString();
                text.Append(buffer, 0, count);
            }

            throw new UsageException(FormattableString.Invariant(
                $"{NameOf(path)} has more than {LengthMax} characters. Import it in parts: versions that ")
                + "are proposed already are skipped.");
        }
        catch (DecoderFallbackException)
        {
            throw new UsageException($"{NameOf(path)} is not valid UTF-8. Save it as UTF-8.");
        }
    }
}
