using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Settlement.SampleHost.Hosting;

/// <summary>Describes why the host did not start: never a stack trace, and never the connection string.</summary>
internal static class StartFailure
{
    public static string Describe(Exception exception) => exception switch
    {
        AggregateException { InnerException: { } inner } => Describe(inner),
        OptionsValidationException options => string.Join(' ', options.Failures),
        IOException { InnerException: AddressInUseException } =>
            $"{exception.Message.TrimEnd('.')}. Stop the program that uses it, or serve elsewhere: --urls http://localhost:5081",
        FormatException => $"The pages can't be served: {exception.Message} Use an address such as --urls {HostArguments.DefaultUrl}",
        ArgumentException { ParamName: not null } argument => FirstLine(argument),
        UnauthorizedAccessException => $"{exception.Message} Choose a place that this user may write to.",
        _ => exception.Message,
    };

    // The second line names the code's parameter and repeats the value.
    private static string FirstLine(ArgumentException exception) =>
        exception.Message.Split('\n')[0].Replace($" (Parameter '{exception.ParamName}')", "", StringComparison.Ordinal);
}
