using System.Net;
using System.Text;
using System.Text.RegularExpressions;

namespace Settlements.PackageConsumer;

/// <summary>The program of Settlements.AspNetCore's README: requests over HTTP, until it ends on SIGTERM.</summary>
internal sealed partial class WebProgram(NewProgram program)
{
    /// <summary>A limit that only a hanging program reaches.</summary>
    private static readonly TimeSpan StartsWithin = TimeSpan.FromMinutes(5);

    private const string View =
        """
        {"eventId":"01906d5e-8a00-7000-8000-000000000001","occurredAt":"2024-07-01T12:00:00+09:00",
         "meter":"video.view","itemId":"video-1","payeeId":"ann","quantity":550000}
        """;

    public async Task TryAsync()
    {
        var listening = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var process = ChildProcess.Start(
            program.Folder, [.. program.Command, "--urls", "http://127.0.0.1:0"], Captured.All, printed: line =>
            {
                if (ListeningAt().Match(line) is { Success: true } match)
                    listening.TrySetResult(new Uri(match.Groups[1].Value));
            });
        var ended = process.WaitAsync(program.CancellationToken);
        await Task.WhenAny(listening.Task, ended, Task.Delay(StartsWithin, program.CancellationToken));
        program.CancellationToken.ThrowIfCancellationRequested();
        CheckFailedException.ThrowUnless(
            listening.Task.IsCompletedSuccessfully, $"The web program does not listen after {StartsWithin.TotalSeconds:0} s. Its log:",
            process.Output);

        using var client = new HttpClient { BaseAddress = await listening.Task };
        await ExpectAsync(HttpMethod.Get, "/health", "^Healthy$");
        await ExpectAsync(HttpMethod.Post, "/views", "^0$", View); // EventOutcome.Stored
        await ExpectAsync(HttpMethod.Post, "/days/2024-07-01/close", "2024-07-01");
        await ExpectAsync(HttpMethod.Get, "/months/2024-07-01", "ann is owed 605000 KRW");
        await ExpectAsync(HttpMethod.Get, "/shop", @"^3\."); // SQLite's version
        Console.WriteLine("web: ann is owed 605000 KRW, over HTTP");

        process.Terminate();
        var exitCode = await ended;
        CheckFailedException.ThrowUnless(
            exitCode == 0, $"The web program ended with exit code {exitCode} after SIGTERM. Its log:", process.Output);

        async Task ExpectAsync(HttpMethod method, string path, string pattern, string content = "")
        {
            using var request = new HttpRequestMessage(method, path);
            if (method == HttpMethod.Post)
                request.Content = new StringContent(content, Encoding.UTF8, "application/json");
            using var answer = await client.SendAsync(request, program.CancellationToken);
            var body = await answer.Content.ReadAsStringAsync(program.CancellationToken);
            CheckFailedException.ThrowUnless(
                answer.StatusCode == HttpStatusCode.OK && Regex.IsMatch(body, pattern),
                $"{method} {path} does not answer 200 with '{pattern}':", $"{answer}\n\n{body}", process.Output);
        }
    }

    [GeneratedRegex(@"Now listening on: (http://127\.0\.0\.1:\d+)")]
    private static partial Regex ListeningAt();
}
