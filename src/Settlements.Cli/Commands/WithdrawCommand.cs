using System.CommandLine;

namespace Settlements.Cli;

/// <summary><c>withdraw</c>: withdraws a proposal that is not approved yet.</summary>
internal static class WithdrawCommand
{
    public static Command Create(CommonOptions common)
    {
        var number = ProposalOptions.Number("The proposal.");
        var command = new Command("withdraw",
            "Withdraw an exclusion, a reinstatement, a restatement, a trial or a rate version that is not approved yet.") { number };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var context = common.OpenExisting(parsed);
            var proposal = await ProposalOptions.RequireAsync(context, parsed.GetValue(number), cancellationToken);
            var isWithdrawn = proposal.Kind switch
            {
                ProposalKind.Publication => throw new UsageException(
                    $"Proposal {proposal.ProposalId} is a day that waits for approval, and can't be withdrawn. Correct its usage or its "
                    + "rates, and close it again."),
                ProposalKind.Restatement => await context.Engine.Restatements.WithdrawAsync(proposal.ProposalId, cancellationToken),
                ProposalKind.Trial => await context.Engine.Trials.WithdrawAsync(proposal.ProposalId, cancellationToken),
                ProposalKind.RateVersion => await context.Engine.Rates.WithdrawAsync(proposal.ProposalId, cancellationToken),
                _ => await context.Engine.Exclusions.WithdrawAsync(proposal.ProposalId, cancellationToken),
            };
            if (!isWithdrawn)
                throw new UsageException(
                    $"Proposal {proposal.ProposalId} is {ProposalOptions.Name(proposal.State)} and can't be withdrawn. "
                    + "'settlement proposals' lists those that can.");
            if (common.IsJson(parsed))
                Json.Print(new { Proposal = proposal.ProposalId, proposal.Kind, State = ProposalState.Withdrawn });
            else
                Console.WriteLine($"Withdrew {ProposalOptions.Name(proposal.Kind)} {proposal.ProposalId}.");
            return ExitCode.Success;
        });
        return command;
    }
}
