using System.Diagnostics.CodeAnalysis;

namespace Settlements;

/// <summary>Thrown when a correction can't be proposed, approved or posted as requested.</summary>
public sealed class CorrectionRefusedException : Exception
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">A message that names the proposal or usage, the value, the limit and the remedy.</param>
    [Experimental("SETTLE001")]
    public CorrectionRefusedException(string message)
        : base(message)
    {
    }
}
