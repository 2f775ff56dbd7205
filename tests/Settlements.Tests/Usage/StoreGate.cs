using System.Threading.Channels;

namespace Settlements.Tests.Usage;

/// <summary>Blocks the calls of a store until a test releases them.</summary>
internal sealed class StoreGate
{
    private readonly Channel<int> _entered = Channel.CreateUnbounded<int>();
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task PassAsync(int call, CancellationToken cancellationToken)
    {
        _entered.Writer.TryWrite(call);
        return _open.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Completes when another call has arrived.</summary>
    public Task EnteredAsync() =>
        _entered.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(1));

    /// <summary>Releases all current and future calls.</summary>
    public void Open() => _open.SetResult();
}
