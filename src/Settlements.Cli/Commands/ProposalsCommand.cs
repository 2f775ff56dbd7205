using System.CommandLine;

namespace Settlements.Cli;

/// <summary><c>proposals</c>: lists proposed corrections, and days that wait for approval.</summary>
internal static class ProposalsCommand
{
    private const string All = "all";

    public static Command Create(CommonOptions common)
    {
        var state = new Option<string>("--state")
        {
            Description = "Only proposals in this state. Default: proposed, which wait for approval.",
            DefaultValueFactory = _ => ProposalOptions.Name(ProposalState.Proposed),
        };
        state.AcceptOnlyFromAmong([.. Enum.GetValues<ProposalState>().Select(s => ProposalOptions.Name(s)), All]);
        var command = new Command("proposals",
            "List exclusions, reinstatements, restatements, trials, rate versions, and days that wait for approval, newest first.")
        {
            state,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            ProposalState? requested = parsed.GetValue(state) == All ? null
                : Enum.Parse<ProposalState>(parsed.GetValue(state)!, ignoreCase: true);
            await using var context = common.OpenExisting(parsed);
            var proposals = await ProposalOptions.ListAsync(context, requested, cancellationToken);
            if (common.IsJson(parsed))
            {
                Json.Print(new
                {
                    Proposals = proposals.Select(p => new
                    {
                        Proposal = p.ProposalId, p.Kind, p.State, p.Hash, p.Reason, p.ProposedBy, p.ProposedAt, p.ApprovedBy,
                        p.ApprovedAt, p.PostingDate,
                    }),
                });
            }
            else
            {
                Print(proposals);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static void Print(IReadOnlyList<Proposal> proposals)
    {
        if (proposals.Count == 0)
        {
            Console.WriteLine("No proposal has this state.");
            return;
        }

        var table = new TextTable(">Proposal", "Kind", "State", "Reason", "Proposed by", "Proposed (UTC)", "Approved by", "Hash");
        foreach (var proposal in proposals)
        {
            table.Add(
                $"{proposal.ProposalId}", ProposalOptions.Name(proposal.Kind), ProposalOptions.Name(proposal.State),
                Text.Id(proposal.Reason), Text.Id(proposal.ProposedBy), $"{proposal.ProposedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}",
                Text.Id(proposal.ApprovedBy ?? ""), proposal.Hash);
        }

        table.Print();
    }
}
