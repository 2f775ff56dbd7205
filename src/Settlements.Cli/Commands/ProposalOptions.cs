using System.CommandLine;

namespace Settlements.Cli;

/// <summary>Arguments and output shared by the commands for corrections.</summary>
internal static class ProposalOptions
{
    /// <summary>The largest number of proposals that a command reads.</summary>
    public const int CountMax = 100_000;

    public static Argument<long> Number(string description) => new("NUMBER") { Description = description };

    public static Option<string> Reason() =>
        CommandOptions.Text("--reason", "The reason, up to 256 characters, stored with the correction.", "TEXT");

    public static Option<string> By() =>
        CommandOptions.Text("--by", "Your name. By default, a proposal has to be approved by another person than its proposer.", "NAME");

    /// <summary>Prints the effect of a proposal, and the commands that approve or withdraw it.</summary>
    public static void PrintNext(long number, string hash, IReadOnlyList<Money> amounts)
    {
        var total = amounts.Count == 0 ? "nothing" : Text.Amounts(amounts);
        Console.WriteLine($"Amount if it is posted now: {total}. Nothing is posted until it is approved:");
        Console.WriteLine($"  settlement approve {number} --hash {hash} --by NAME");
        Console.WriteLine($"  settlement withdraw {number}");
    }

    /// <summary>
    /// Lists the proposals in a state, newest first; null for all states. Days are listed only while they wait for approval.
    /// </summary>
    public static async Task<IReadOnlyList<Proposal>> ListAsync(
        CommandContext context, ProposalState? state, CancellationToken cancellationToken)
    {
        var exclusions = await context.Engine.Exclusions.ListAsync(state, CountMax, cancellationToken);
        var restatements = await context.Engine.Restatements.ListAsync(state, CountMax, cancellationToken);
        var trials = await context.Engine.Trials.ListAsync(state, CountMax, cancellationToken);
        var rates = await context.Engine.Rates.ListHistoryAsync(CountMax, cancellationToken);
        var days = state is null or ProposalState.Proposed ? await context.Engine.Days.ListAwaitingApprovalAsync(cancellationToken) : [];
        return [.. exclusions.Concat(restatements).Concat(trials).Concat(days)
            .Concat(rates.Where(proposal => state is null || proposal.State == state)).OrderByDescending(proposal => proposal.ProposalId)];
    }

    /// <summary>Finds a proposal by its number.</summary>
    /// <exception cref="UsageException">The proposal does not exist.</exception>
    public static async Task<Proposal> RequireAsync(CommandContext context, long number, CancellationToken cancellationToken) =>
        await context.Engine.FindProposalAsync(number, cancellationToken)
        ?? throw new UsageException($"There is no proposal {number}. 'settlement proposals --state all' lists them.");

    public static string Name(Enum value) => value is ProposalKind.RateVersion ? "rate version" : value.ToString().ToLowerInvariant();
}
