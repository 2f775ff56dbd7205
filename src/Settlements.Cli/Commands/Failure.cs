using Microsoft.Extensions.Options;

namespace Settlements.Cli;

/// <summary>Describes exceptions for users, without stack traces and connection strings.</summary>
internal static class Failure
{
    /// <summary>Describes an exception.</summary>
    /// <returns>One line per error.</returns>
    public static IReadOnlyList<string> Describe(Exception exception) => exception switch
    {
        AggregateException { InnerException: { } inner } => Describe(inner),
        SettlementFileException file => file.Errors,
        OptionsValidationException options => [.. options.Failures],
        ArgumentException { ParamName: not null } argument => [FirstLine(argument)],
        SchemaException { Found: 0, TakenNames.Count: 0 } =>
        [
            "The database has no tables of Settlement. Create them: settlement schema apply; "
            + "or import a file, which creates them: settlement import FILE",
        ],
        SchemaException schema when schema.Found > 0 && schema.Found < schema.Needed =>
        [
            $"The database has schema {schema.Found}; this version of Settlement requires {schema.Needed}. "
            + "Update it: settlement schema apply",
        ],
        UnauthorizedAccessException => [$"{exception.Message} Choose a folder that this user can write to."],
        _ => [exception.Message],
    };

    // The second line is the value, and the suffix the name of a parameter in the code.
    private static string FirstLine(ArgumentException exception) =>
        exception.Message.Split('\n')[0].Replace($" (Parameter '{exception.ParamName}')", "", StringComparison.Ordinal);
}
