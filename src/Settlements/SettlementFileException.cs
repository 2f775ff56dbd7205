namespace Settlements;

/// <summary>Thrown when a settlement file is invalid or can't be read. <see cref="Errors"/> lists all errors.</summary>
public sealed class SettlementFileException : Exception
{
    internal SettlementFileException(IReadOnlyList<string> errors)
        : base(string.Join('\n', errors)) => Errors = errors;

    /// <summary>Gets the errors, one line each: the file, the JSON path or the line, the value, and the remedy.</summary>
    public IReadOnlyList<string> Errors { get; }
}
