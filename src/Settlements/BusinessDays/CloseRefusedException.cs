namespace Settlements;

/// <summary>A day can't be closed as asked. Nothing was changed.</summary>
public sealed class CloseRefusedException : Exception
{
    /// <summary>Says why, and what to do.</summary>
    /// <param name="message">The day, the limit and the remedy.</param>
    public CloseRefusedException(string message)
        : base(message)
    {
    }
}
