using System.CommandLine;
using System.CommandLine.Invocation;
using System.CommandLine.Parsing;
using System.Globalization;
using System.Text;

namespace Settlements.Cli;

/// <summary>The command <c>settlement</c>: runs the commands, and reports every failure as a message and an exit code.</summary>
internal static class Program
{
    // Ids may begin with '@' or '-', so response files and bundled options are disabled.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    public static async Task<int> Main(string[] args)
    {
        // Figures and dates have the same format on every machine.
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

        using var stop = new StopSignal();
        var parsed = Root().Parse(args, Parser);
        if (parsed.Action is ParseErrorAction)
            return ReportErrors(parsed);

        try
        {
            // Signals and exceptions are handled here, for all commands.
            var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(invocation, stop.Token);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped. Completed work is stored; run the same command again to resume.");
            return stop.Code;
        }
        catch (Exception e)
        {
            foreach (var line in Failure.Describe(e))
                await Console.Error.WriteLineAsync($"error: {line}");
            return ExitCode.Error;
        }
    }

    internal static RootCommand Root()
    {
        var common = new CommonOptions();
        var root = new RootCommand(
            "Settles usage: imports events, closes business days, prints statements, explains lines, and posts corrections.")
        {
            ImportCommand.Create(common),
            CloseCommand.Create(common),
            TopCommand.Create(common),
            StatementCommand.Create(common),
            EstimateCommand.Create(common),
            LinesCommand.Create(common),
            ExplainCommand.Create(common),
            ReconcileCommand.Create(common),
            VerifyCommand.Create(common),
            ExcludeCommand.Create(common),
            ReinstateCommand.Create(common),
            RestateCommand.Create(common),
            RatesCommand.Create(common),
            TrialCommand.Create(common),
            ProposalsCommand.Create(common),
            ApproveCommand.Create(common),
            WithdrawCommand.Create(common),
            RunsCommand.Create(common),
            PartitionsCommand.Create(common),
            SchemaCommand.Create(common),
            ConfigCommand.Create(common),
        };
        common.AddTo(root);
        return root;
    }

    private static int ReportErrors(ParseResult parsed)
    {
        foreach (var error in parsed.Errors.Select(e => e.Message).Distinct())
            Console.Error.WriteLine($"error: {error}");
        var commands = new List<string>();
        for (var at = parsed.CommandResult; at.Command is not RootCommand; at = (CommandResult)at.Parent!)
            commands.Insert(0, at.Command.Name);
        Console.Error.WriteLine($"See: settlement {string.Join(' ', [.. commands, "--help"])}");
        return ExitCode.Error;
    }
}
