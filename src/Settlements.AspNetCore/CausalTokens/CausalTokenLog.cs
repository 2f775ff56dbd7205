using System.Security.Cryptography;
using Microsoft.Extensions.Logging;

namespace Settlements.AspNetCore;

/// <summary>What is said of tokens; never a value that a client sent.</summary>
internal sealed partial class CausalTokenLog(ILogger logger)
{
    private int _saidTooLong;

    public void Ignored(string name, string fault) => IgnoredOne(logger, name, fault);

    /// <summary>A warning once, since it will be so for each write from then on.</summary>
    public void TooLong(string name, int length, int lengthMax)
    {
        var level = Interlocked.Exchange(ref _saidTooLong, 1) == 0 ? LogLevel.Warning : LogLevel.Debug;
        TooLongOne(logger, level, name, length, lengthMax);
    }

    public void Unsent(string? path) => UnsentOne(logger, path);

    public void NotProtected(CryptographicException cause) => NotProtectedOne(logger, cause);

    [LoggerMessage(3201, LogLevel.Debug, "The {Name} of a request is ignored: {Fault}.")]
    private static partial void IgnoredOne(ILogger logger, string name, string fault);

    [LoggerMessage(
        EventId = 3202, Message = "A token is not sent: as {Name} it has {Length} characters, and {LengthMax} fit. Its user may not see what he wrote until replicas "
        + "have it. The header takes longer ones than the cookie (CausalTokenOptions.Carriers).")]
    private static partial void TooLongOne(ILogger logger, LogLevel level, string name, int length, int lengthMax);

    [LoggerMessage(
        3203, LogLevel.Warning,
        "A request to {Path} committed after its response had begun, so the response carries no token of it. Commit before the first byte.")]
    private static partial void UnsentOne(ILogger logger, string? path);

    [LoggerMessage(3204, LogLevel.Warning, "A token is not sent: it can't be protected. Look at Data Protection's keys.")]
    private static partial void NotProtectedOne(ILogger logger, Exception cause);
}
