using System.CommandLine;

namespace Settlements.Cli;

/// <summary><c>trial</c>: compares published amounts with those of other rates.</summary>
internal static class TrialCommand
{
    public static Command Create(CommonOptions common)
    {
        var candidate = CommandOptions.Text(
            "--candidate", "The rates to try, from the first days of their versions on: a settlement's file, or a file with only its part "
            + "\"rates\".", "FILE", required: false);
        var number = new Option<long?>("--proposal")
        {
            Description = "Instead of --candidate: the number of a proposed rate version, which is tried on all days.", HelpName = "NUMBER",
        };
        var from = CommandOptions.Date("--from", "The first posting date. All days have to be published.");
        var to = CommandOptions.Date("--to", "The last posting date, included.");
        var total = new Option<decimal?>("--gate-total")
        {
            Description = "The percentage by which the total of a currency may differ.", HelpName = "PERCENT",
        };
        var payee = new Option<decimal?>("--gate-payee")
        {
            Description = "The percentage by which the amount of a payee may differ.", HelpName = "PERCENT",
        };
        var payeeMin = new Option<decimal>("--gate-payee-min")
        {
            Description = "The published amount up to which a payee is not compared. Default: 0.", HelpName = "AMOUNT",
        };
        var propose = CommandOptions.Text(
            "--propose", "Propose the report for approval, with this reason. Requires --by.", "REASON", required: false);
        var by = CommandOptions.Text("--by", "Your name, to propose the report.", "NAME", required: false);
        var isOverridden = new Option<bool>("--override") { Description = "Propose the report although it does not pass the gate." };
        var command = new Command(
            "trial", "Price the usage of published days with other rates, and compare the amounts. Nothing is published. Exit code 1 when "
            + "the difference exceeds the gate.")
        {
            candidate, number, from, to, total, payee, payeeMin, propose, by, isOverridden,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            var days = CommandOptions.Range(parsed, from, to);
            var rates = Candidate(parsed.GetValue(candidate), parsed.GetValue(number));
            if (parsed.GetValue(propose) is not null && parsed.GetValue(by) is null)
                throw new UsageException("--propose requires --by NAME, the user who proposes the report.");
            var gate = parsed.GetValue(total) is null && parsed.GetValue(payee) is null ? null : new TrialGate
            {
                TotalPercentMax = parsed.GetValue(total), PayeePercentMax = parsed.GetValue(payee),
                PayeeAmountMin = parsed.GetValue(payeeMin),
            };
            await using var context = common.OpenExisting(parsed);
            var report = await ProgressView.RunAsync("Comparing", view => context.Engine.Trials.CompareAsync(
                rates, days, gate,
                new ProgressMap<TrialProgress>(view, p => new WorkState(
                    p.ChunksDone / (double)p.Chunks, $"range {p.ChunksDone} of {p.Chunks}")),
                cancellationToken));
            var proposal = parsed.GetValue(propose) is { } reason
                ? await context.Engine.Trials.ProposeAsync(
                    report, reason, parsed.GetValue(by)!, parsed.GetValue(isOverridden), cancellationToken)
                : null;
            if (common.IsJson(parsed))
                PrintJson(report, proposal);
            else
                Print(report, proposal);
            return report.Passes ? ExitCode.Success : ExitCode.Differences;
        });
        return command;
    }

    private static TrialCandidate Candidate(string? file, long? proposal)
    {
        if (file is null == proposal is null)
            throw new UsageException("Name the rates to try either with --candidate FILE or with --proposal NUMBER.");
        return file is null ? TrialCandidate.OfProposal(proposal!.Value) : TrialCandidate.Read(file);
    }

    private static void PrintJson(TrialReport report, Proposal? proposal) => Json.Print(new
    {
        From = report.Days.First, To = report.Days.Last, report.Hash, report.Passes, report.ViolationsCount, report.Violations,
        report.NotPricedCount, report.NotPriced, Proposal = proposal?.ProposalId,
        NewVersions = report.NewVersions.Select(v => new
        {
            v.Meter, v.Version.Scope, v.Version.Version, From = v.Version.FirstDay, v.Lines,
        }),
        Totals = report.Totals.Select(t => new
        {
            Currency = t.Currency.Code, t.Before, t.After, t.Difference, t.Percent, PayeesCount = t.Payees.Count, t.NewPayees,
            t.MedianPercent, t.Percentile95, MostAffected = t.MostAffected.Select(p => p.PayeeId), t.Payees,
        }),
    });

    private static void Print(TrialReport report, Proposal? proposal)
    {
        foreach (var total in report.Totals)
        {
            var currency = total.Currency.Code;
            Console.WriteLine(
                $"{Text.Days(report.Days)}: {Text.Amount(total.Before)} {currency} published, {Text.Amount(total.After)} {currency} by "
                + $"the candidate, {Percent(total.Percent)}. {Text.Count(total.Payees.Count, "payee", "payees")}, {total.NewPayees} of "
                + $"them new; median {Percent(total.MedianPercent)}, 95th percentile {Percent(total.Percentile95)}.");
            if (total.MostAffected.Count == 0)
                continue;
            var table = new TextTable("Most affected", ">Published", ">Candidate", ">Difference", ">Percent");
            foreach (var payee in total.MostAffected)
            {
                table.Add(
                    Text.Id(payee.PayeeId), Text.Amount(payee.Before), Text.Amount(payee.After), Text.Amount(payee.Difference),
                    Percent(payee.Percent));
            }

            table.Print();
        }

        if (report.Totals.Count == 0)
            Console.WriteLine($"{Text.Days(report.Days)}: no priced lines.");
        Print(report.NewVersions);
        Console.WriteLine(report.Passes ? "Passes." : $"{Text.Count(report.ViolationsCount, "violation", "violations")}:");
        foreach (var violation in report.Violations)
            Console.WriteLine($"  {Text.Id(violation)}");
        Console.WriteLine($"Hash: {report.Hash}");
        if (proposal is null)
            return;
        Console.WriteLine($"Proposed as trial {proposal.ProposalId}. To approve it:");
        Console.WriteLine($"  settlement approve {proposal.ProposalId} --hash {proposal.Hash} --by NAME");
    }

    private static void Print(IReadOnlyList<TriedVersion> versions)
    {
        if (versions.Count == 0)
        {
            Console.WriteLine("The candidate has no new version.");
            return;
        }

        var table = new TextTable("New version", "Meter", "Scope", "From", ">Lines priced");
        foreach (var tried in versions)
        {
            table.Add(
                Text.Id(tried.Version.Version), Text.Id(tried.Meter), Text.Id(tried.Version.Scope), Text.Day(tried.Version.FirstDay),
                Text.Number(tried.Lines));
        }

        table.Print();
    }

    private static string Percent(decimal? percent) => percent is { } value
        ? FormattableString.Invariant($"{value:+0.##;-0.##;0} %") : "new";
}
