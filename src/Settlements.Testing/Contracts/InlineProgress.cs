namespace Settlements.Testing;

/// <summary>Progress that is handled synchronously, on the reporting thread; <see cref="Progress{T}"/> posts it to another one.</summary>
internal class InlineProgress<T>(Action<T> report) : IProgress<T>
{
    public void Report(T value) => report(value);
}

/// <summary>Progress of a close that is handled synchronously.</summary>
internal sealed class InlineProgress(Action<CloseProgress> report) : InlineProgress<CloseProgress>(report);
