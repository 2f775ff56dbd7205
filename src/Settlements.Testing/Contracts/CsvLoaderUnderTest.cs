namespace Settlements.Testing;

/// <summary>A loader of CSV files with an empty table of its own, dropped in the end.</summary>
public abstract class CsvLoaderUnderTest : IAsyncDisposable
{
    /// <summary>The header of its files.</summary>
    public abstract string Header { get; }

    /// <summary>The column that takes any text of 1 to 64 characters.</summary>
    public abstract string TextColumn { get; }

    /// <summary>The longest row, in bytes without its line end.</summary>
    public abstract int RowBytesMax { get; }

    /// <summary>A row without its text: what is before it and after it, commas included.</summary>
    public abstract (string Before, string After) Around(int number);

    /// <summary>Loads a file.</summary>
    public abstract Task<(long Sent, long Stored, long Rejected)> LoadAsync(Stream file, int rejectsMax, Action<RejectedRow> onRejected);

    /// <summary>The texts that are stored.</summary>
    public abstract Task<IReadOnlyList<string>> TextsAsync();

    public abstract ValueTask DisposeAsync();
}
