using Microsoft.Extensions.Logging.Console;

namespace Settlement.SampleHost.Hosting;

/// <summary>Standard output is for the figures.</summary>
internal static class HostLogging
{
    public static void AddWarningsToStandardError(this ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);

        // A start that fails is reported once, by Program.cs, in one sentence.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);

        // The ring of keys is in the database, as protected as that is; where more is wanted, ProtectKeysWith… is the framework's way.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
    }
}
