using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace Settlement.SampleHost.Hosting;

/// <summary>Describes why the host failed to start, without a stack trace and without the connection string.</summary>
internal static class StartFailure
{
    public static string Describe(Exception exception) => exception switch
    {
        AggregateException { InnerException: { } inner } => Describe(inner),
        OptionsValidationException options => string.Join(' ', options.Failures),
        IOException { InnerException: AddressInUseException } =>
            $"{exception.Message.TrimEnd('.')}. Stop the program that uses it, or use another address: --urls http://localhost:5081",
        FormatException => $"Invalid address: {exception.Message} Use an address such as --urls {HostArguments.DefaultUrl}",
        ArgumentException { ParamName: not null } argument => FirstLine(argument),
        UnauthorizedAccessException => $"{exception.Message} Choose a folder that this user can write to.",
        _ => exception.Message,
    };

    // The second line of the message repeats the name of the parameter and the value.
    private static string FirstLine(ArgumentException exception) =>
        exception.Message.Split('\n')[0].Replace($" (Parameter '{exception.ParamName}')", "", StringComparison.Ordinal);
}
