using System.CommandLine;

namespace Settlements.Cli;

/// <summary>Arguments and output that the commands of corrections share.</summary>
internal static class ProposalOptions
{
    /// <summary>The largest number of proposals that a command looks through.</summary>
    public const int CountMax = 100_000;

    public static Argument<long> Number(string description) => new("NUMBER") { Description = description };

    public static Option<string> Reason() =>
        CommandOptions.Text("--reason", "Why, up to 256 characters; it is kept with the correction.", "TEXT");

    public static Option<string> By() =>
        CommandOptions.Text("--by", "Who does this. By default another person approves than the one who proposed.", "NAME");

    /// <summary>How the proposal is approved or withdrawn.</summary>
    public static void PrintNext(long number, string hash, IReadOnlyList<Money> amounts)
    {
        var total = amounts.Count == 0 ? "nothing" : Text.Amounts(amounts);
        Console.WriteLine($"It comes to {total} if it is posted now. Nothing is posted before it is approved:");
        Console.WriteLine($"  settlement approve {number} --hash {hash} --by NAME");
        Console.WriteLine($"  settlement withdraw {number}");
    }

    /// <summary>
    /// All proposals in a state, newest first; null for all states. Of days that wait for an approval, those that still wait.
    /// </summary>
    public static async Task<IReadOnlyList<Proposal>> ListAsync(Session session, ProposalState? state, CancellationToken cancellationToken)
    {
        var exclusions = await session.Engine.Exclusions.ListAsync(state, CountMax, cancellationToken);
        var restatements = await session.Engine.Restatements.ListAsync(state, CountMax, cancellationToken);
        var days = state is null or ProposalState.Proposed ? await session.Engine.Days.ListAwaitingApprovalAsync(cancellationToken) : [];
        return [.. exclusions.Concat(restatements).Concat(days).OrderByDescending(proposal => proposal.ProposalId)];
    }

    /// <exception cref="UsageException">There is none.</exception>
    public static async Task<Proposal> RequireAsync(Session session, long number, CancellationToken cancellationToken) =>
        (await ListAsync(session, state: null, cancellationToken)).FirstOrDefault(proposal => proposal.ProposalId == number)
        ?? throw new UsageException($"There is no proposal {number}. 'settlement proposals --state all' lists them.");

    public static string Name(Enum value) => value.ToString().ToLowerInvariant();
}
