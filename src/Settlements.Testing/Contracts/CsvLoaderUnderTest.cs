namespace Settlements.Testing;

/// <summary>A CSV loader under test with its own empty table, which disposal drops.</summary>
public abstract class CsvLoaderUnderTest : IAsyncDisposable
{
    /// <summary>The header line of its files.</summary>
    public abstract string Header { get; }

    /// <summary>The name of the column that accepts any text of 1 to 64 characters.</summary>
    public abstract string TextColumn { get; }

    /// <summary>The maximum length of a row, in bytes without its line end.</summary>
    public abstract int RowBytesMax { get; }

    /// <summary>Returns the parts of a row before and after its text, including the commas.</summary>
    public abstract (string Before, string After) Around(int number);

    /// <summary>Loads a file and returns the numbers of rows.</summary>
    public abstract Task<(long Sent, long Stored, long Rejected)> LoadAsync(Stream file, int rejectsMax, Action<RejectedRow> onRejected);

    /// <summary>Returns the stored texts.</summary>
    public abstract Task<IReadOnlyList<string>> TextsAsync();

    public abstract ValueTask DisposeAsync();
}
