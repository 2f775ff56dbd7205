using System.Runtime.CompilerServices;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>Waits for conditions that need no advance of a fake clock.</summary>
internal static class Waiting
{
    private static readonly TimeSpan WaitMax = TimeSpan.FromMinutes(5);

    /// <summary>Waits for a condition; fails after five minutes.</summary>
    public static async Task UntilAsync(
        Func<Task<bool>> condition, [CallerArgumentExpression(nameof(condition))] string expression = "")
    {
        var started = TimeProvider.System.GetTimestamp();
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(started) > WaitMax)
                throw new TimeoutException($"After {WaitMax} the condition is not met: {expression}");
            await Task.Delay(TimeSpan.FromMilliseconds(10), TestContext.Current.CancellationToken);
        }
    }
}
