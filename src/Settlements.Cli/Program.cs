using System.CommandLine;
using System.CommandLine.Invocation;
using System.Globalization;
using System.Text;

namespace Settlements.Cli;

/// <summary>The command <c>settlement</c>: combines the commands, and turns every failure into a message and an exit code.</summary>
internal static class Program
{
    // Ids may begin with '@' or '-': neither is a file of arguments, nor a bundle of options.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    public static async Task<int> Main(string[] args)
    {
        // Figures and dates look the same on every machine.
        CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
        CultureInfo.DefaultThreadCurrentUICulture = CultureInfo.CurrentUICulture = CultureInfo.InvariantCulture;
        Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);

        using var stop = new StopSignal();
        var parsed = Root().Parse(args, Parser);
        if (parsed.Action is ParseErrorAction)
            return Wrong(parsed);

        try
        {
            // The signals and the exceptions are handled here, in one way for all commands.
            var invocation = new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null };
            return await parsed.InvokeAsync(invocation, stop.Token);
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Stopped. What was done so far is kept; the same command goes on from there.");
            return stop.Code;
        }
        catch (Exception e)
        {
            foreach (var line in Failure.Describe(e))
                await Console.Error.WriteLineAsync($"error: {line}");
            return ExitCode.Wrong;
        }
    }

    internal static RootCommand Root()
    {
        var common = new CommonOptions();
        var root = new RootCommand(
            "Settles usage: imports events, closes business days, prints statements, explains lines and posts corrections.")
        {
            ImportCommand.Create(common),
            CloseCommand.Create(common),
            TopCommand.Create(common),
            StatementCommand.Create(common),
            LinesCommand.Create(common),
            ExplainCommand.Create(common),
            ReconcileCommand.Create(common),
            VerifyCommand.Create(common),
            ExcludeCommand.Create(common),
            ReinstateCommand.Create(common),
            RestateCommand.Create(common),
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

    private static int Wrong(ParseResult parsed)
    {
        foreach (var error in parsed.Errors.Select(e => e.Message).Distinct())
            Console.Error.WriteLine($"error: {error}");
        var command = parsed.CommandResult.Command is RootCommand ? "" : $"{parsed.CommandResult.Command.Name} ";
        Console.Error.WriteLine($"See: settlement {command}--help");
        return ExitCode.Wrong;
    }
}
