using Microsoft.Extensions.DependencyInjection;
using Settlements.Pipelines;
using Settlements.Stores;

namespace Settlements;

/// <summary>
/// The entry point of the library: one property for each operation. Thread-safe. Each property is also registered as a service.
/// </summary>
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
    private readonly IProposalStore _proposals;

    internal SettlementEngine(IServiceProvider services)
    {
        // The plan comes first: it validates all options before a store fails on one of them.
        _ = services.GetRequiredService<SettlementPlan>();
        Schema = services.GetRequiredService<ISchema>();
        Events = services.GetRequiredService<UsageLoader>();
        Writer = services.GetRequiredService<UsageWriter>();
        Days = services.GetRequiredService<DayCloser>();
        Lines = services.GetRequiredService<LineReader>();
        Rankings = services.GetRequiredService<RankingReader>();
        Statements = services.GetRequiredService<StatementReader>();
        Estimates = services.GetRequiredService<UsageEstimates>();
        Reconciler = services.GetRequiredService<Reconciler>();
        Exclusions = services.GetRequiredService<UsageExclusions>();
        Restatements = services.GetRequiredService<LineRestatements>();
        Trials = services.GetRequiredService<RateTrials>();
        Rates = services.GetRequiredService<RateCatalog>();
        Counters = services.GetRequiredService<CounterImporter>();
        Verifier = services.GetRequiredService<Verifier>();
        Pipelines = services.GetRequiredService<PipelineRunner>();
        _proposals = services.GetRequiredService<IProposalStore>();
    }

    /// <summary>Gets the service that creates and upgrades the tables.</summary>
    public ISchema Schema { get; }

    /// <summary>Gets the bulk loader of events, from files and streams.</summary>
    public UsageLoader Events { get; }

    /// <summary>
    /// Gets the writer of live events, for many concurrent callers. The service provider disposes it, which commits the queued events.
    /// </summary>
    public UsageWriter Writer { get; }

    /// <summary>Gets the service that closes business days.</summary>
    public DayCloser Days { get; }

    /// <summary>Gets the reader of settlement lines and their explanations.</summary>
    public LineReader Lines { get; }

    /// <summary>Gets the reader of rankings: the top N items.</summary>
    public RankingReader Rankings { get; }

    /// <summary>Gets the reader of statements: the lines of a payee over a period.</summary>
    public StatementReader Statements { get; }

    /// <summary>Gets the service that estimates what the open days have come to so far.</summary>
    public UsageEstimates Estimates { get; }

    /// <summary>Gets the service that compares published days with their sources and posts the differences.</summary>
    public Reconciler Reconciler { get; }

    /// <summary>Gets the service that excludes usage after its day was published.</summary>
    public UsageExclusions Exclusions { get; }

    /// <summary>Gets the service that corrects published lines by posting difference lines.</summary>
    public LineRestatements Restatements { get; }

    /// <summary>Gets the service that compares published amounts with those of other rates.</summary>
    public RateTrials Trials { get; }

    /// <summary>Gets the catalog of rate versions: proposals, approvals, import and export.</summary>
    public RateCatalog Rates { get; }

    /// <summary>Gets the service that imports the counters of a system that is being replaced.</summary>
    public CounterImporter Counters { get; }

    /// <summary>Gets the service that recomputes published days and compares the results.</summary>
    public Verifier Verifier { get; }

    /// <summary>Gets the runner of application pipelines, and the history of all runs.</summary>
    public PipelineRunner Pipelines { get; }

    /// <summary>
    /// Finds a proposal of any kind: an exclusion, a restatement, a rate version, a trial, or a day that needed an approval.
    /// </summary>
    /// <param name="proposalId">The number.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <returns>The proposal in its present state; null when there is none with this number.</returns>
    public Task<Proposal?> FindProposalAsync(long proposalId, CancellationToken cancellationToken = default) =>
        _proposals.FindAsync(proposalId, cancellationToken);
}
