namespace Settlements;

/// <summary>A host's own table can't be read as the source says, or holds a value that can't be counted. Nothing was changed.</summary>
public sealed class UsageSourceException : Exception
{
    /// <summary>Says what is wrong; for stores.</summary>
    /// <param name="message">The source, the column, the value, what it has to be, and the remedy.</param>
    public UsageSourceException(string message)
        : base(message)
    {
    }
}
