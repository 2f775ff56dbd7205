using System.Diagnostics.CodeAnalysis;

namespace Settlements;

/// <summary>Thrown when a day can't be closed as requested. Nothing was changed.</summary>
public sealed class CloseRefusedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">A message that names the day, the limit and the remedy.</param>
    [Experimental("SETTLE001")]
    public CloseRefusedException(string message)
        : base(message)
    {
    }
}
