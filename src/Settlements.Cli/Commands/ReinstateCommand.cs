using System.CommandLine;

namespace Settlements.Cli;

/// <summary><c>reinstate</c>: proposes to reverse an exclusion.</summary>
internal static class ReinstateCommand
{
    public static Command Create(CommonOptions common)
    {
        var number = ProposalOptions.Number("The posted exclusion to reverse.");
        var (reason, by) = (ProposalOptions.Reason(), ProposalOptions.By());
        var command = new Command("reinstate", "Propose to reverse an exclusion, with a preview.") { number, reason, by };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var context = common.OpenExisting(parsed);
            var reinstatement = await ProgressView.RunAsync("Matching", _ => context.Engine.Exclusions.ReinstateAsync(
                parsed.GetValue(number), parsed.GetValue(reason)!, parsed.GetValue(by)!, cancellationToken));
            ExcludeCommand.Print(reinstatement, common.IsJson(parsed));
            return ExitCode.Success;
        });
        return command;
    }
}
