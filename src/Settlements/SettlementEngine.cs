using Microsoft.Extensions.DependencyInjection;
using Settlements.Pipelines;

namespace Settlements;

/// <summary>The way in: one property for each thing that can be done. Thread-safe; each is also a service of its own.</summary>
/// <example>
/// <code>
/// var engine = provider.GetRequiredService&lt;SettlementEngine&gt;();
/// await engine.Schema.ApplyAsync();
/// await engine.Writer.WriteAsync(new UsageEvent(Guid.CreateVersion7(), DateTimeOffset.UtcNow, "video.view", "video-1", "ann", 1));
/// var closed = await engine.Days.CloseThroughAsync(new DateOnly(2024, 7, 1));
/// </code>
/// </example>
public sealed class SettlementEngine
{
    internal SettlementEngine(IServiceProvider services)
    {
        // The plan first: its options are validated as a whole, before a store fails on a part of them.
        _ = services.GetRequiredService<SettlementPlan>();
        Schema = services.GetRequiredService<ISchema>();
        Events = services.GetRequiredService<UsageLoader>();
        Writer = services.GetRequiredService<UsageWriter>();
        Days = services.GetRequiredService<DayCloser>();
        Lines = services.GetRequiredService<LineReader>();
        Rankings = services.GetRequiredService<RankingReader>();
        Statements = services.GetRequiredService<StatementReader>();
        Reconciler = services.GetRequiredService<Reconciler>();
        Exclusions = services.GetRequiredService<UsageExclusions>();
        Restatements = services.GetRequiredService<LineRestatements>();
        Counters = services.GetRequiredService<CounterImporter>();
        Verifier = services.GetRequiredService<Verifier>();
        Pipelines = services.GetRequiredService<PipelineRunner>();
    }

    /// <summary>Creates the tables.</summary>
    public ISchema Schema { get; }

    /// <summary>Loads events in bulk, from files and streams.</summary>
    public UsageLoader Events { get; }

    /// <summary>Writes events as they happen, for many callers at a time. Disposed of with the service provider, after it has committed what it took in.</summary>
    public UsageWriter Writer { get; }

    /// <summary>Closes days.</summary>
    public DayCloser Days { get; }

    /// <summary>Reads lines, and explains them.</summary>
    public LineReader Lines { get; }

    /// <summary>Top N.</summary>
    public RankingReader Rankings { get; }

    /// <summary>Sums per payee.</summary>
    public StatementReader Statements { get; }

    /// <summary>Compares published days with their sources, and posts the differences.</summary>
    public Reconciler Reconciler { get; }

    /// <summary>Takes usage out after the fact.</summary>
    public UsageExclusions Exclusions { get; }

    /// <summary>Corrects published lines by posting differences.</summary>
    public LineRestatements Restatements { get; }

    /// <summary>Imports the counts of a system that is being replaced.</summary>
    public CounterImporter Counters { get; }

    /// <summary>Computes published days again and compares.</summary>
    public Verifier Verifier { get; }

    /// <summary>Runs pipelines of your own, and keeps the history of all runs.</summary>
    public PipelineRunner Pipelines { get; }
}
