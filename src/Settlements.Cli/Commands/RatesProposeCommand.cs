using System.CommandLine;
using System.Globalization;

namespace Settlements.Cli;

/// <summary><c>rates propose</c> and <c>rates end</c>: propose a rate version, or the last day of one.</summary>
internal static class RatesProposeCommand
{
    public static Command Create(CommonOptions common)
    {
        var meter = new Argument<string>("METER") { Description = "The meter." };
        var version = new Argument<string>("VERSION") { Description = "The name of the new version." };
        var scope = RatesCommand.Scope();
        var from = CommandOptions.Date("--from", "The first usage date that it prices.");
        var until = CommandOptions.Date("--until", "The last usage date that it prices, included. Default: no end.", required: false);
        var supersedes = CommandOptions.Text(
            "--supersedes", "The version of the same scope that it corrects. Only then it may start on a closed day.", "VERSION",
            required: false);
        var rounding = new Option<string>("--rounding")
        {
            Description = "The rounding of a meter that has no rates yet. Default: truncating.",
        };
        rounding.AcceptOnlyFromAmong([.. Enum.GetValues<Rounding>().Select(Name)]);
        var (table, reason, by) = (new RateTableOptions(), ProposalOptions.Reason(), ProposalOptions.By());
        var command = new Command(
            "propose", "Propose a rate version. It prices usage from its first date on, once another person has approved it.")
        {
            meter, version, scope, from, until, supersedes, rounding, reason, by,
        };
        table.AddTo(command);
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var change = new RateChange(
                parsed.GetValue(meter)!, parsed.GetValue(version)!, parsed.GetValue(from), table.Currency(parsed), table.Table(parsed),
                parsed.GetValue(scope) ?? "", Given(parsed, until), parsed.GetValue(supersedes),
                parsed.GetValue(rounding) is { } rule ? Enum.Parse<Rounding>(rule, ignoreCase: true) : null);
            await using var context = common.OpenExisting(parsed);
            Print(
                await context.Engine.Rates.ProposeAsync(change, parsed.GetValue(reason)!, parsed.GetValue(by)!, cancellationToken),
                common.IsJson(parsed));
            return ExitCode.Success;
        });
        return command;
    }

    public static Command CreateEnd(CommonOptions common)
    {
        var meter = new Argument<string>("METER") { Description = "The meter." };
        var version = new Argument<string>("VERSION") { Description = "The name of the version." };
        var scope = RatesCommand.Scope();
        var until = CommandOptions.Date("--until", "The last usage date that it prices, included: the last closed day or later.");
        var (reason, by) = (ProposalOptions.Reason(), ProposalOptions.By());
        var command = new Command(
            "end", "Propose the last date of a version of the file or the store, also of one that has priced closed days.")
        {
            meter, version, scope, until, reason, by,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var context = common.OpenExisting(parsed);
            Print(
                await context.Engine.Rates.ProposeEndAsync(
                    parsed.GetValue(meter)!, parsed.GetValue(scope) ?? "", parsed.GetValue(version)!, parsed.GetValue(until),
                    parsed.GetValue(reason)!, parsed.GetValue(by)!, cancellationToken),
                common.IsJson(parsed));
            return ExitCode.Success;
        });
        return command;
    }

    private static void Print(Proposal proposal, bool isJson)
    {
        if (isJson)
            Json.Print(new { Proposal = proposal.ProposalId, proposal.State, proposal.Hash, proposal.Reason, proposal.ProposedBy });
        else
            RatesCommand.PrintNext(proposal);
    }

    private static DateOnly? Given(ParseResult parsed, Option<DateOnly> option) =>
        parsed.GetResult(option) is { Implicit: false } ? parsed.GetValue(option) : null;

    private static string Name<T>(T value)
        where T : struct, Enum => value.ToString().ToLower(CultureInfo.InvariantCulture);
}
