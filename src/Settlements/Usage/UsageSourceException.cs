using System.Diagnostics.CodeAnalysis;

namespace Settlements;

/// <summary>
/// Thrown when a usage source can't be read as configured, or contains a value that can't be counted. Nothing was changed.
/// </summary>
public sealed class UsageSourceException : Exception
{
    /// <summary>Initializes an exception with a message. For store authors.</summary>
    /// <param name="message">The message: the source, the column, the value, the valid values and the remedy.</param>
    [Experimental("SETTLE001")]
    public UsageSourceException(string message)
        : base(message)
    {
    }
}
