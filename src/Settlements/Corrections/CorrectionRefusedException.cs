namespace Settlements;

/// <summary>A correction can't be proposed or approved as asked. Nothing was changed.</summary>
public sealed class CorrectionRefusedException : Exception
{
    /// <summary>Says why, and what to do.</summary>
    /// <param name="message">The thing, the value, the limit and the remedy.</param>
    public CorrectionRefusedException(string message)
        : base(message)
    {
    }
}
