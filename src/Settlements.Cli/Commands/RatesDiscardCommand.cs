using System.CommandLine;

namespace Settlements.Cli;

/// <summary><c>rates discard</c>: removes a rate version that a close recorded and that has priced nothing.</summary>
internal static class RatesDiscardCommand
{
    public static Command Create(CommonOptions common)
    {
        var meter = new Argument<string>("METER") { Description = "The meter of the version." };
        var version = new Argument<string>("VERSION") { Description = "Its name." };
        var (scope, by) = (RatesCommand.Scope(), CommandOptions.Text("--by", "Your name, which is logged.", "NAME"));
        var command = new Command("discard",
            "Remove a rate version that a close recorded by mistake and that has priced nothing. Correct the settlement's file first.")
        {
            meter, version, scope, by,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var context = common.OpenExisting(parsed);
            var (of, name) = (parsed.GetValue(meter)!, parsed.GetValue(version)!);
            if (!await context.Engine.Rates.DiscardAsync(
                of, parsed.GetValue(scope) ?? "", name, parsed.GetValue(by)!, cancellationToken))
                throw new UsageException(
                    $"No close has recorded the version '{name}' of meter '{of}' in this scope. "
                    + "Check the three: they are compared exactly.");
            if (common.IsJson(parsed))
                Json.Print(new { Meter = of, Scope = parsed.GetValue(scope) ?? "", Version = name });
            else
                Console.WriteLine($"Discarded version {name} of meter '{of}'.");
            return ExitCode.Success;
        });
        return command;
    }
}
