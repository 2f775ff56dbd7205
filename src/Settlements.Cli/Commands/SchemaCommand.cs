using System.CommandLine;

namespace Settlements.Cli;

/// <summary><c>schema</c>: creates the tables, or compares them with those that this version needs.</summary>
internal static class SchemaCommand
{
    public static Command Create(CommonOptions common)
    {
        var apply = new Command("apply", "Create the tables, or bring them to this version. Doing it again changes nothing.");
        apply.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = common.Open(parsed);
            var applied = await session.Engine.Schema.ApplyAsync(cancellationToken);
            if (common.IsJson(parsed))
                Json.Print(new { Applied = applied });
            else
                Console.WriteLine(applied.Count == 0 ? "The schema is up to date." : $"Applied {string.Join(", ", applied)}.");
            return ExitCode.Done;
        });
        var check = new Command("check",
            "Compare the tables with those that this version needs. Exit code 1 when they differ. Changes nothing.");
        check.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = common.OpenExisting(parsed);
            var difference = await FindDifferenceAsync(session, cancellationToken);
            if (common.IsJson(parsed))
                Json.Print(new { IsCurrent = difference is null, difference?.Found, difference?.Needed });
            else
                Console.WriteLine(difference is null ? "The schema is up to date." : Failure.Describe(difference)[0]);
            return difference is null ? ExitCode.Done : ExitCode.Found;
        });
        return new Command("schema", "Create or check the tables of the store.") { apply, check };
    }

    /// <summary>Every read compares the schema first.</summary>
    private static async Task<SchemaException?> FindDifferenceAsync(Session session, CancellationToken cancellationToken)
    {
        try
        {
            await session.Engine.Days.FindNextAsync(cancellationToken);
            return null;
        }
        catch (SchemaException e)
        {
            return e;
        }
    }
}
