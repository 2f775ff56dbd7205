using Microsoft.Extensions.Options;

namespace Settlement.SampleHost.Commands;

/// <summary>Says what went wrong, for people: never a stack trace, and never the connection string.</summary>
internal static class Failure
{
    public static string Describe(Exception exception) => exception switch
    {
        AggregateException { InnerException: { } inner } => Describe(inner),
        OptionsValidationException options => string.Join(' ', options.Failures),
        ArgumentException { ParamName: not null } argument => FirstLine(argument),
        SchemaException { Found: 0 } => "The database has no tables of Settlement. Import a file into it first: import FILE",
        UnauthorizedAccessException => $"{exception.Message} Choose a place that this user may write to.",
        _ => exception.Message,
    };

    // The second line names the code's parameter and repeats the value.
    private static string FirstLine(ArgumentException exception) =>
        exception.Message.Split('\n')[0].Replace($" (Parameter '{exception.ParamName}')", "", StringComparison.Ordinal);
}
