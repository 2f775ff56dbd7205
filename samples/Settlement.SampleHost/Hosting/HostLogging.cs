using Microsoft.Extensions.Logging.Console;

namespace Settlement.SampleHost.Hosting;

/// <summary>Configures logging to standard error: standard output is reserved for the demo's figures.</summary>
internal static class HostLogging
{
    public static void AddWarningsToStandardError(this ILoggingBuilder logging)
    {
        logging.ClearProviders();
        logging.SetMinimumLevel(LogLevel.Warning);
        logging.AddSimpleConsole(console => console.SingleLine = true);
        logging.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);

        // Program.cs reports a failed start once, as one line.
        logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.None);

        // The key ring is stored in the database, unencrypted, which the framework logs as a warning. Use ProtectKeysWith… to encrypt it.
        logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error);
    }
}
