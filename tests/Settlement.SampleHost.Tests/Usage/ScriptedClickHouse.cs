using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Settlement.SampleHost.Tests.Usage;

/// <summary>
/// An HTTP interface of ClickHouse that records statements and answers as a test decides; it stores nothing. Thread-safe.
/// </summary>
internal sealed class ScriptedClickHouse : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ScriptedClickHouse()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapPost("/", AnswerAsync);
    }

    public string Address => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();

    /// <summary>The statements that are not inserts, in the order in which they arrived.</summary>
    public ConcurrentQueue<string> Reads { get; } = new();

    /// <summary>The rows of each insert, in the order in which they arrived, also of those that failed.</summary>
    public ConcurrentQueue<string[]> Inserts { get; } = new();

    /// <summary>Returns the error of an insert, of this number from 1 on; null for success.</summary>
    public Func<int, Task<string?>> OnInsert { get; set; } = _ => Task.FromResult<string?>(null);

    /// <summary>The error of statements that are not inserts; null for success.</summary>
    public string? ReadError { get; set; }

    /// <summary>The start of an error of all statements, after which no end follows; null for none.</summary>
    public string? UnfinishedError { get; set; }

    /// <summary>The status of an error.</summary>
    public int ErrorStatus { get; set; } = StatusCodes.Status500InternalServerError;

    public static async Task<ScriptedClickHouse> StartAsync()
    {
        var server = new ScriptedClickHouse();
        await server._app.StartAsync();
        return server;
    }

    /// <summary>The ids of an insert's events, in the form of the outbox.</summary>
    public static IEnumerable<string> IdsOf(string[] rows) => rows.Select(row => Guid.Parse(row.Split('\t')[0]).ToString("N"));

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        var query = context.Request.Query["query"].ToString();
        var error = ReadError;
        if (query.StartsWith("INSERT", StringComparison.Ordinal))
        {
            Inserts.Enqueue(body.Split('\n', StringSplitOptions.RemoveEmptyEntries));
            error = await OnInsert(Inserts.Count);
        }
        else
        {
            Reads.Enqueue(query.Length > 0 ? query : body);
        }

        if (UnfinishedError is { } unfinished)
        {
            context.Response.StatusCode = ErrorStatus;
            await context.Response.WriteAsync(unfinished);
            await context.Response.Body.FlushAsync();
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            return;
        }

        if (error is null)
            return;
        context.Response.StatusCode = ErrorStatus;
        await context.Response.WriteAsync(error);
    }
}
