using System.CommandLine;
using Settlements.Pipelines;

namespace Settlements.Cli;

/// <summary><c>approve</c>: approves the previewed content of a proposal, identified by its hash.</summary>
internal static class ApproveCommand
{
    public static Command Create(CommonOptions common)
    {
        var number = ProposalOptions.Number("The proposal.");
        var hash = CommandOptions.Text("--hash", "The hash of the approved preview.", "HASH");
        var by = ProposalOptions.By();
        var command = new Command(
            "approve", "Approve a proposal and post it. To resume a stopped exclusion, run the same command again.")
        {
            number, hash, by,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var context = common.OpenExisting(parsed);
            var proposal = await ProposalOptions.RequireAsync(context, parsed.GetValue(number), cancellationToken);
            await ApproveAsync(context, proposal, parsed.GetValue(hash)!, parsed.GetValue(by)!, cancellationToken);
            if (common.IsJson(parsed))
            {
                Json.Print(new
                {
                    Proposal = proposal.ProposalId, proposal.Kind, Hash = parsed.GetValue(hash), ApprovedBy = parsed.GetValue(by),
                });
            }
            else
            {
                Console.WriteLine($"Approved {ProposalOptions.Name(proposal.Kind)} {proposal.ProposalId}. {Effect(proposal.Kind)}");
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static Task ApproveAsync(CommandContext context, Proposal proposal, string hash, string by, CancellationToken cancellationToken)
    {
        switch (proposal.Kind)
        {
            case ProposalKind.Restatement:
                return context.Engine.Restatements.ApproveAsync(proposal.ProposalId, hash, by, cancellationToken);
            case ProposalKind.Trial:
                return context.Engine.Trials.ApproveAsync(proposal.ProposalId, hash, by, cancellationToken);
            case ProposalKind.RateVersion:
                return context.Engine.Rates.ApproveAsync(proposal.ProposalId, hash, by, cancellationToken);
            case ProposalKind.Publication when !string.Equals(hash, proposal.Hash, StringComparison.OrdinalIgnoreCase):
                throw new UsageException(
                    $"Proposal {proposal.ProposalId} has the hash {proposal.Hash}, not {hash}. Review it, and approve its current hash.");
            case ProposalKind.Publication:
                return context.Engine.Days.ApproveDayAsync(proposal.Hash, by, cancellationToken);
            default:
                return ProgressView.RunAsync("Posting", view => context.Engine.Exclusions.ApproveAsync(
                    proposal.ProposalId, hash, by,
                    new ProgressMap<RunProgress>(view, p => new WorkState(p.Fraction, $"date {p.ChunksDone} of {p.ChunksTotal}")),
                    cancellationToken));
        }
    }

    private static string Effect(ProposalKind kind) => kind switch
    {
        ProposalKind.Publication => "The next close publishes the day.",
        ProposalKind.Trial => "Nothing is posted.",
        ProposalKind.RateVersion => "It prices usage from its first date on.",
        ProposalKind.Restatement => "The first open day posts the differences.",
        _ => "It is posted to the first open day.",
    };
}
