using System.CommandLine;
using System.Text.Json;

namespace Settlements.Cli;

/// <summary><c>rates</c>: lists, proposes, exports and imports rate versions.</summary>
internal static class RatesCommand
{
    public static Command Create(CommonOptions common) => new(
        "rates", "List, propose, export and import rate versions. Proposed ones are decided on with 'approve' and 'withdraw'.")
    {
        List(common),
        RatesProposeCommand.Create(common),
        RatesProposeCommand.CreateEnd(common),
        RatesFileCommand.CreateExport(common),
        RatesFileCommand.CreateImport(common),
        History(common),
        RatesDiscardCommand.Create(common),
    };

    public static Option<string> Scope(string description = "The override: item:ID or payee:ID. Default: the meter.") =>
        CommandOptions.Text("--scope", description, "SCOPE", required: false);

    /// <summary>Prints a proposed version or end, and the commands that approve or withdraw it.</summary>
    public static void PrintNext(Proposal proposal)
    {
        Console.WriteLine(
            $"Proposed as rate version {proposal.ProposalId}: {Describe(proposal)}. It prices nothing until it is approved:");
        Console.WriteLine($"  settlement approve {proposal.ProposalId} --hash {proposal.Hash} --by NAME");
        Console.WriteLine($"  settlement withdraw {proposal.ProposalId}");
    }

    private static Command List(CommonOptions common)
    {
        var meter = CommandOptions.Text("--meter", "Only versions of this meter.", "METER", required: false);
        var command = new Command(
            "list", "List the versions of the settlement's file and of the store, with their states, and the proposed ones.") { meter };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var context = common.OpenExisting(parsed);
            var rates = await context.Engine.Rates.ListAsync(parsed.GetValue(meter), cancellationToken);
            if (common.IsJson(parsed))
                Json.Print(new { Versions = rates.Select(Document) });
            else if (rates.Count == 0)
                Console.WriteLine("No meter has a rate version.");
            else
                Print(rates);
            return ExitCode.Success;
        });
        return command;
    }

    private static object Document(ListedRate rate) => new
    {
        rate.Meter, rate.Version.Scope, rate.Version.Version, From = rate.Version.FirstDay, Until = rate.Version.LastDay,
        Currency = rate.Version.Currency.Code, rate.Version.Currency.MinorUnitDigits, Table = rate.Version.Table.ToString(), rate.Rounding,
        rate.Version.Supersedes, rate.Origin, rate.State, Proposal = rate.Proposal?.ProposalId, rate.Proposal?.Reason,
        rate.Proposal?.ProposedBy, rate.Proposal?.ApprovedBy, rate.Proposal?.ApprovedAt, EndedBy = rate.End?.ApprovedBy,
    };

    private static void Print(IReadOnlyList<ListedRate> rates)
    {
        var table = new TextTable(
            "Meter", "Scope", "Version", "From", "Until", "Currency", "Rates", "Origin", "State", ">Proposal", "Approved by");
        foreach (var rate in rates)
        {
            var version = rate.Version;
            var supersedes = version.Supersedes is { } other ? $", supersedes {Text.Id(other)}" : "";
            table.Add(
                Text.Id(rate.Meter), Text.Id(version.Scope), Text.Id(version.Version), Text.Day(version.FirstDay),
                version.LastDay is { } last ? Text.Day(last) : "", version.Currency.Code, $"{version.Table}{supersedes}", Name(rate.Origin),
                Name(rate.State), $"{rate.Proposal?.ProposalId}", Text.Id(rate.Proposal?.ApprovedBy ?? ""));
        }

        table.Print();
    }

    private static Command History(CommonOptions common)
    {
        var count = CommandOptions.Count("--count", "The greatest number of proposals.", 100, 1, ProposalOptions.CountMax);
        var command = new Command("history", "List the proposals of rate versions in all states, with their approvals, newest first.")
        {
            count,
        };
        command.SetAction(async (parsed, cancellationToken) =>
        {
            await using var context = common.OpenExisting(parsed);
            var history = await context.Engine.Rates.ListHistoryAsync(parsed.GetValue(count), cancellationToken);
            if (common.IsJson(parsed))
            {
                Json.Print(new
                {
                    Proposals = history.Select(p => new
                    {
                        Proposal = p.ProposalId, p.State, Content = JsonElement.Parse(p.Content), p.Hash, p.Reason, p.ProposedBy,
                        p.ProposedAt, p.ApprovedBy, p.ApprovedAt,
                    }),
                });
            }
            else
            {
                Print(history);
            }

            return ExitCode.Success;
        });
        return command;
    }

    private static void Print(IReadOnlyList<Proposal> history)
    {
        if (history.Count == 0)
        {
            Console.WriteLine("No rate version was proposed.");
            return;
        }

        var table = new TextTable(
            ">Proposal", "State", "Version", "Reason", "Proposed by", "Proposed (UTC)", "Approved by", "Approved (UTC)", "Hash");
        foreach (var proposal in history)
        {
            table.Add(
                $"{proposal.ProposalId}", Name(proposal.State), Describe(proposal), Text.Id(proposal.Reason), Text.Id(proposal.ProposedBy),
                $"{proposal.ProposedAt.UtcDateTime:yyyy-MM-dd HH:mm:ss}", Text.Id(proposal.ApprovedBy ?? ""),
                proposal.ApprovedAt is { } at ? $"{at.UtcDateTime:yyyy-MM-dd HH:mm:ss}" : "", proposal.Hash);
        }

        table.Print();
    }

    /// <summary>Returns the meter, scope and name of a proposed version, or of the version that is ended.</summary>
    public static string Describe(Proposal proposal)
    {
        using var document = JsonDocument.Parse(proposal.Content);
        var content = document.RootElement;
        var scope = content.GetProperty("scope").GetString()!;
        var of = $"{content.GetProperty("meter").GetString()}{(scope.Length == 0 ? "" : $" {scope}")}";
        return Text.Id(content.TryGetProperty("version", out var version)
            ? $"{of} {version.GetProperty("version").GetString()} from {version.GetProperty("from").GetString()}"
            : $"{of} {content.GetProperty("ends").GetString()} until {content.GetProperty("until").GetString()}");
    }

    private static string Name(Enum value) => value.ToString().ToLowerInvariant();
}
