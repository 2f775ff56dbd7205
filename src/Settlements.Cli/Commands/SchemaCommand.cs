using System.CommandLine;

namespace Settlements.Cli;

/// <summary><c>schema</c>: creates or updates the tables, or checks their version.</summary>
internal static class SchemaCommand
{
    public static Command Create(CommonOptions common)
    {
        var apply = new Command("apply", "Create the tables, or update them to this version. Applying the schema again changes nothing.");
        apply.SetAction(async (parsed, cancellationToken) =>
        {
            await using var context = common.Open(parsed);
            var applied = await context.Engine.Schema.ApplyAsync(cancellationToken);
            if (common.IsJson(parsed))
                Json.Print(new { Applied = applied });
            else
                Console.WriteLine(applied.Count == 0 ? "The schema is up to date." : $"Applied {string.Join(", ", applied)}.");
            return ExitCode.Success;
        });
        var check = new Command("check",
            "Compare the version of the tables with the required one. Exit code 1 when they differ. Changes nothing.");
        check.SetAction(async (parsed, cancellationToken) =>
        {
            await using var context = common.OpenExisting(parsed);
            var difference = await FindDifferenceAsync(context, cancellationToken);
            if (common.IsJson(parsed))
                Json.Print(new { IsCurrent = difference is null, difference?.Found, difference?.Needed });
            else
                Console.WriteLine(difference is null ? "The schema is up to date." : Failure.Describe(difference)[0]);
            return difference is null ? ExitCode.Success : ExitCode.Differences;
        });
        return new Command("schema", "Create or check the tables of the store.") { apply, check };
    }

    /// <summary>Returns the error of a read, since every read checks the schema first; null when the schema is current.</summary>
    private static async Task<SchemaException?> FindDifferenceAsync(CommandContext context, CancellationToken cancellationToken)
    {
        try
        {
            await context.Engine.Days.FindNextAsync(cancellationToken);
            return null;
        }
        catch (SchemaException e)
        {
            return e;
        }
    }
}
