using Settlement.BillableEvents;

namespace Settlement.Loading;

/// <summary>Takes events as values, by the same rules and with the same words as <see cref="CsvEventReader"/>.</summary>
/// <param name="events">Enumerated once, to its end or to the row that is malformed after <paramref name="rejectsMax"/> others.</param>
/// <param name="rejectsMax">See <see cref="LoadOptions.RejectsMax"/>.</param>
/// <param name="policy">Which well-formed events are accepted; <see langword="null"/> for all.</param>
internal sealed class TypedEventReader(IAsyncEnumerable<BillableEvent> events, int rejectsMax, EventPolicy? policy) : ILoadSource
{
    private readonly EventEncoder _encoder = new(policy);
    private IAsyncEnumerator<BillableEvent>? _enumerator;
    private long _rowNumber;
    private long _malformed;

    /// <inheritdoc/>
    public async ValueTask<bool> FillAsync(LoadChunk chunk, CancellationToken cancellationToken)
    {
        _enumerator ??= events.GetAsyncEnumerator(cancellationToken);
        while (!chunk.IsFull)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!await _enumerator.MoveNextAsync().ConfigureAwait(false))
                return false;

            _rowNumber++;
            var current = _enumerator.Current;
            if (_encoder.AddTo(chunk.Batch, _rowNumber, current) is not { } refusal)
                continue;

            chunk.Rejected.Add(RejectedRow.From(_rowNumber, refusal, EventText.Row(current)));
            if (++_malformed > rejectsMax)
                return false;
        }

        return true;
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _enumerator?.DisposeAsync() ?? ValueTask.CompletedTask;
}
