using Settlement.Closing;

namespace Settlement.Testing.Contracts;

/// <summary>Does something at once, on the thread that reports.</summary>
internal sealed class Told(Action<CloseProgress> told) : IProgress<CloseProgress>
{
    public void Report(CloseProgress value) => told(value);
}
