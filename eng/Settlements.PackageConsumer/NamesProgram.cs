namespace Settlements.PackageConsumer;

/// <summary>
/// A program with types of the names that applications of this field have: none is hidden by the packages' namespaces, and none is
/// ambiguous.
/// </summary>
internal static class NamesProgram
{
    public const string Output = "ann: 3";

    public const string Code = """
        using Acme.Settlement;
        using Microsoft.Extensions.DependencyInjection;
        using Settlements;
        using Settlements.Pipelines;
        using Settlements.Routing;

        await using var services = new ServiceCollection()
            .AddSettlement(settlement => settlement.UseSqlite("Data Source=names.db").Calendar("Asia/Seoul").Meter("video.seconds"))
            .BuildServiceProvider();
        await services.GetRequiredService<SettlementEngine>().Schema.ApplyAsync();
        var entity = new Settlement(
            [new Line(new Meter("video.view"), 3)], new Run(1), new Statement("ann"), new Access(true), new Claim("role"), new Event(1));
        Console.WriteLine($"{entity.Statement.Payee}: {entity.Lines.Sum(line => line.Quantity)}");

        namespace Acme.Settlement
        {
            internal sealed record Settlement(Line[] Lines, Run Run, Statement Statement, Access Access, Claim Claim, Event Event);
            internal sealed record Line(Meter Meter, long Quantity);
            internal sealed record Meter(string Name);
            internal sealed record Run(long Id);
            internal sealed record Statement(string Payee);
            internal sealed record Access(bool IsGranted);
            internal sealed record Claim(string Type);
            internal sealed record Event(long Id);
        }
        """;
}
