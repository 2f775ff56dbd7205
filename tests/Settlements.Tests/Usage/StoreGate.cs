using System.Threading.Channels;

namespace Settlements.Tests.Usage;

/// <summary>Holds the calls of a store until a test lets them go.</summary>
internal sealed class StoreGate
{
    private readonly Channel<int> _entered = Channel.CreateUnbounded<int>();
    private readonly TaskCompletionSource _open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task PassAsync(int call, CancellationToken cancellationToken)
    {
        _entered.Writer.TryWrite(call);
        return _open.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Ends when one more call has come.</summary>
    public Task EnteredAsync() => _entered.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(TimeSpan.FromMinutes(1));

    /// <summary>Lets all go, now and later.</summary>
    public void Open() => _open.SetResult();
}
