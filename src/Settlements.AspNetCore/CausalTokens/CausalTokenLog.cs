using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Settlements.AspNetCore;

/// <summary>Log messages of causal tokens. They never contain a value sent by a client.</summary>
internal sealed partial class CausalTokenLog(ILogger logger)
{
    private int _hasWarnedTooLong;

    public void Ignored(string name, string reason) => LogIgnored(logger, name, reason);

    /// <summary>Logs a warning for the first token that is too long, since each later one will be too; then debug messages.</summary>
    public void TooLong(string name, int length, int lengthMax)
    {
        var level = Interlocked.Exchange(ref _hasWarnedTooLong, 1) == 0 ? LogLevel.Warning : LogLevel.Debug;
        LogTooLong(logger, level, name, length, lengthMax);
    }

    public void ResponseStarted(string? path) => LogResponseStarted(logger, path);

    public void ProtectionFailed(CryptographicException cause) => LogProtectionFailed(logger, cause);

    [LoggerMessage(3201, LogLevel.Debug, "Causal token in {Name} of a request ignored: {Reason}.")]
    private static partial void LogIgnored(ILogger logger, string name, string reason);

    [LoggerMessage(
        EventId = 3202,
        Message = "Causal token not sent: {Name} would have {Length} characters; the limit is {LengthMax}. "
        + "The user's reads may not see the write until it is replicated. The header has a higher limit than the "
        + "cookie (CausalTokenOptions.Carriers).")]
    private static partial void LogTooLong(ILogger logger, LogLevel level, string name, int length, int lengthMax);

    [LoggerMessage(
        3203, LogLevel.Warning,
        "Causal token not sent: a request to {Path} committed after its response had started. Commit before writing to the response.")]
    private static partial void LogResponseStarted(ILogger logger, string? path);

    [LoggerMessage(3204, LogLevel.Warning, "Causal token not sent: Data Protection failed. Check its keys.")]
    private static partial void LogProtectionFailed(ILogger logger, Exception cause);
}
