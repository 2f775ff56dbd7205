using System.CommandLine;
using Settlements.Pipelines;

namespace Settlements.Cli;

/// <summary><c>approve</c>: approves exactly what was previewed.</summary>
internal static class ApproveCommand
{
    public static Command Create(CommonOptions common)
    {
        var number = ProposalOptions.Number("The proposal.");
        var hash = CommandOptions.Text("--hash", "The hash of the preview that is approved.", "HASH");
        var by = ProposalOptions.By();
        var command = new Command(
            "approve", "Approve a proposal and post it. An exclusion that was stopped continues with the same command.")
        {
            number, hash, by,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = common.OpenExisting(parsed);
            var proposal = await ProposalOptions.RequireAsync(session, parsed.GetValue(number), cancellationToken);
            await ApproveAsync(session, proposal, parsed.GetValue(hash)!, parsed.GetValue(by)!, cancellationToken);
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

            return ExitCode.Done;
        });
        return command;
    }

    private static Task ApproveAsync(Session session, Proposal proposal, string hash, string by, CancellationToken cancellationToken)
    {
        switch (proposal.Kind)
        {
            case ProposalKind.Restatement:
                return session.Engine.Restatements.ApproveAsync(proposal.ProposalId, hash, by, cancellationToken);
            case ProposalKind.Publication when !string.Equals(hash, proposal.Hash, StringComparison.OrdinalIgnoreCase):
                throw new UsageException($"Proposal {proposal.ProposalId} has the hash {proposal.Hash}, and {hash} was to be approved.");
            case ProposalKind.Publication:
                return session.Engine.Days.ApproveDayAsync(proposal.Hash, by, cancellationToken);
            default:
                return ProgressView.RunAsync("Posting", view => session.Engine.Exclusions.ApproveAsync(
                    proposal.ProposalId, hash, by,
                    new ProgressMap<RunProgress>(view, p => new WorkState(p.Fraction, $"date {p.ChunksDone} of {p.ChunksTotal}")),
                    cancellationToken));
        }
    }

    private static string Effect(ProposalKind kind) => kind switch
    {
        ProposalKind.Publication => "The next close publishes the day.",
        ProposalKind.Restatement => "The first open day posts the differences.",
        _ => "It is posted, and the first open day counts it.",
    };
}
