using System.CommandLine;

namespace Settlements.Cli;

/// <summary><c>reinstate</c>: proposes to take an exclusion back.</summary>
internal static class ReinstateCommand
{
    public static Command Create(CommonOptions common)
    {
        var number = ProposalOptions.Number("The exclusion that is taken back. It is posted.");
        var (reason, by) = (ProposalOptions.Reason(), ProposalOptions.By());
        var command = new Command("reinstate", "Propose to take an exclusion back, with a preview.") { number, reason, by };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var session = common.OpenExisting(parsed);
            var reinstatement = await ProgressView.RunAsync("Matching", _ => session.Engine.Exclusions.ReinstateAsync(
                parsed.GetValue(number), parsed.GetValue(reason)!, parsed.GetValue(by)!, cancellationToken));
            ExcludeCommand.Print(reinstatement, common.IsJson(parsed));
            return ExitCode.Done;
        });
        return command;
    }
}
