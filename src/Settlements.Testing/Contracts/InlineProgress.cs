namespace Settlements.Testing;

/// <summary>Does something at once, on the thread that reports.</summary>
internal sealed class InlineProgress(Action<CloseProgress> told) : IProgress<CloseProgress>
{
    public void Report(CloseProgress value) => told(value);
}
