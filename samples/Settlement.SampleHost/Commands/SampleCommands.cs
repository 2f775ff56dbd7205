using System.CommandLine;
using System.CommandLine.Invocation;

namespace Settlement.SampleHost.Commands;

/// <summary>The program's command line: puts the commands together, and turns whatever goes wrong into a sentence and an exit code.</summary>
internal static class SampleCommands
{
    // Ids may begin with '@' or '-': neither is a file of arguments, nor a bundle of options.
    private static readonly ParserConfiguration Parser = new() { ResponseFileTokenReplacer = null, EnablePosixBundling = false };

    public static async Task<int> RunAsync(string[] args)
    {
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
            await Console.Error.WriteLineAsync($"error: {Failure.Describe(e)}");
            return ExitCode.Wrong;
        }
    }

    private static RootCommand Root()
    {
        var common = new CommonOptions();
        var root = new RootCommand(
            "Settles the views of a video platform. Without a command: imports 40 days of bundled data, closes them, prints the figures and "
            + "serves them as a page.")
        {
            ImportCommand.Create(common),
            CloseCommand.Create(common),
            TopCommand.Create(common),
            SettlementCommand.Create(common),
            LinesCommand.Create(common),
            ExplainCommand.Create(common),
            ReconcileCommand.Create(common),
            VerifyCommand.Create(common),
            RunsCommand.Create(common),
            PartitionsCommand.Create(common),
            HealthCommand.Create(),
        };
        common.AddTo(root);
        DemoCommand.SetUp(root, common);
        return root;
    }

    private static int Wrong(ParseResult parsed)
    {
        foreach (var error in parsed.Errors.Select(e => e.Message).Distinct())
            Console.Error.WriteLine($"error: {error}");
        var command = parsed.CommandResult.Command is RootCommand ? "" : $"{parsed.CommandResult.Command.Name} ";
        Console.Error.WriteLine($"See: {command}--help");
        return ExitCode.Wrong;
    }
}
