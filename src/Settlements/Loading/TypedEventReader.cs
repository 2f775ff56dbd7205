namespace Settlements;

/// <summary>Reads events as values, with the same rules and messages as <see cref="CsvEventReader"/>.</summary>
/// <param name="events">The events, enumerated once.</param>
/// <param name="policy">The policy that accepts well-formed events; <see langword="null"/> to accept all.</param>
internal sealed class TypedEventReader(IAsyncEnumerable<UsageEvent> events, EventPolicy? policy) : ILoadSource<EventChunk>
{
    private readonly EventEncoder _encoder = new(policy);
    private IAsyncEnumerator<UsageEvent>? _enumerator;
    private long _rowNumber;

    /// <inheritdoc/>
    public async ValueTask<bool> FillAsync(EventChunk chunk, CancellationToken cancellationToken)
    {
        _enumerator ??= events.GetAsyncEnumerator(cancellationToken);
        while (!chunk.IsFull)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!await _enumerator.MoveNextAsync().ConfigureAwait(false))
                return false;

            _rowNumber++;
            var current = _enumerator.Current;
            if (_encoder.AddTo(chunk.Batch, _rowNumber, current) is { } rejection)
                chunk.Reject(RejectedRow.From(_rowNumber, rejection, EventText.Row(current)));
        }

        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _enumerator?.DisposeAsync() ?? ValueTask.CompletedTask;
}
