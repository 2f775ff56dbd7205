namespace Settlements;

/// <summary>A settlement file can't be used. <see cref="Errors"/> lists everything that is wrong with it.</summary>
public sealed class SettlementFileException : Exception
{
    internal SettlementFileException(IReadOnlyList<string> errors)
        : base(string.Join('\n', errors)) => Errors = errors;

    /// <summary>Each error in one line: the file, the JSON path or the line, the value, and the remedy.</summary>
    public IReadOnlyList<string> Errors { get; }
}
