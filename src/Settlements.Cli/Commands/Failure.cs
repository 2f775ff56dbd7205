using Microsoft.Extensions.Options;

namespace Settlements.Cli;

/// <summary>Describes a failure for people: never a stack trace, and never the connection string.</summary>
internal static class Failure
{
    /// <returns>One line for each error.</returns>
    public static IReadOnlyList<string> Describe(Exception exception) => exception switch
    {
        AggregateException { InnerException: { } inner } => Describe(inner),
        SettlementFileException file => file.Errors,
        OptionsValidationException options => [.. options.Failures],
        ArgumentException { ParamName: not null } argument => [FirstLine(argument)],
        SchemaException { Found: 0, TakenNames.Count: 0 } =>
        [
            "The database has no tables of Settlement. Import a file into it first: settlement import FILE; "
            + "or create them: settlement schema apply",
        ],
        SchemaException schema when schema.Found > 0 && schema.Found < schema.Needed =>
        [
            $"The database has schema {schema.Found}; this version of Settlement needs {schema.Needed}. "
            + "Apply it: settlement schema apply",
        ],
        UnauthorizedAccessException => [$"{exception.Message} Choose a place that this user may write to."],
        _ => [exception.Message],
    };

    // The second line names the code's parameter and repeats the value.
    private static string FirstLine(ArgumentException exception) =>
        exception.Message.Split('\n')[0].Replace($" (Parameter '{exception.ParamName}')", "", StringComparison.Ordinal);
}
