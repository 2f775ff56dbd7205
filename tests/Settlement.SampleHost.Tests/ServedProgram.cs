using System.Diagnostics;
using Settlements.TestServers;

namespace Settlement.SampleHost.Tests;

/// <summary>A running process of the host on a free port; ended when disposed of.</summary>
internal sealed class ServedProgram : IAsyncDisposable
{
    private static readonly TimeSpan StartTimeout = TimeSpan.FromMinutes(10);

    private readonly Process _process;
    private readonly Task<Answer> _answer;

    private ServedProgram(Process process, string url)
    {
        _process = process;
        _answer = SampleProgram.EndAsync(process);
        Client = new HttpClient { BaseAddress = new Uri(url) };
    }

    public HttpClient Client { get; }

    public static async Task<ServedProgram> StartAsync(SampleProgram program, params string[] args)
    {
        var url = FreeUrl();
        return await WhenServedAsync(program.Start([.. args, "--urls", url]), url);
    }

    /// <summary>Waits until a started process serves its pages.</summary>
    public static async Task<ServedProgram> WhenServedAsync(Process process, string url)
    {
        var served = new ServedProgram(process, url);
        var started = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(started) < StartTimeout && !served._process.HasExited)
        {
            try
            {
                if ((await served.Client.GetAsync(
                    new Uri("/health", UriKind.Relative), TestContext.Current.CancellationToken)).IsSuccessStatusCode)
                    return served;
            }
            catch (HttpRequestException)
            {
                await Task.Delay(50, TestContext.Current.CancellationToken);
            }
        }

        var answer = await served.StopAsync("-KILL");
        throw new InvalidOperationException(
            $"The page was not served: the program ended after {Stopwatch.GetElapsedTime(started)}, of at "
                + $"most {StartTimeout}: {answer.Error}");
    }

    public static string FreeUrl() => $"http://127.0.0.1:{LoopbackPort.Find()}";

    public Task<string> GetAsync(string path) =>
        Client.GetStringAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

    public async Task<Answer> StopAsync(string signal = "-INT")
    {
        if (!_process.HasExited)
            await SignalAsync(_process.Id, signal);
        return await _answer;
    }

    public static async Task SignalAsync(int processId, string signal)
    {
        using var kill = Process.Start("kill", [signal, $"{processId}"]);
        await kill.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync("-KILL");
        Client.Dispose();
        _process.Dispose();
    }
}
