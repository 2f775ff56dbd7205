using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Settlements.Stores;

namespace Settlements.Tests.Usage;

/// <summary>
/// Tests of validating a source's condition. It is inserted in parentheses into SQL without parameters for it, so placeholders and
/// unbalanced parentheses are errors.
/// </summary>
public sealed class SourceConditionTests
{
    [Theory]
    [InlineData("v >= @since", "*placeholder '@since' at character 6*has no parameters*")]
    [InlineData("v >= :since", "*placeholder ':since' at character 6*")]
    [InlineData("v >= ?", "*placeholder '?' at character 6*")]
    [InlineData("v >= ?1", "*placeholder '?1'*")]
    [InlineData("v >= $since", "*placeholder '$since'*")]
    [InlineData("v >= {0}", "*placeholder '{0}'*")]
    [InlineData("v >= {since}", "*placeholder '{since}'*")]
    [InlineData("v >= @@max_connections", "*placeholder '@@max_connections'*")]
    [InlineData("v >= @`since`", "*placeholder '@'*")]
    [InlineData("v = '@a' and w = @b", "*placeholder '@b' at character 18*")]
    [InlineData("ok=1) or (1=1", "*')' at character 5*")]
    [InlineData("ok=1)", "*')' at character 5*")]
    [InlineData("(ok=1", "*'(' at character 1 is not closed*")]
    [InlineData("((ok=1) or (ok=2)", "*'(' at character 1 is not closed*")]
    [InlineData("ok=1 -- of old", "*comment '--' at character 6*")]
    [InlineData("ok=1 # of old", "*comment '#' at character 6*")]
    [InlineData("ok=1 /* of old", "*comment '/?' at character 6*")]
    [InlineData("ok=1 /*! or 1=1 */", "*comment '/?'*")]
    [InlineData("ok=1; DELETE FROM plays", "*';' at character 5*")]
    [InlineData("kind = 'play", "*quote ' at character 8 is not closed*")]
    [InlineData("kind = 'it''s", "*quote ' at character 8 is not closed*")]
    [InlineData("`kind = 1", "*quote ` at character 1 is not closed*")]
    [InlineData("ok = 1\0", "*control character U+0000 at character 7*")]
    [InlineData("  ", "*is empty*remove Where(…)*")]
    public void A_condition_that_would_leave_its_place_is_refused_by_every_store(string condition, string message)
    {
        foreach (var dialect in Enum.GetValues<SqlDialect>())
            Faults(condition, dialect).Should().ContainSingle().Which
                .Should().Match($"Source 's': Where({(condition.Trim().Length == 0 ? "*" : "\"*\")")}{message}", $"{dialect}");
    }

    [Theory]
    [InlineData("kind = 'play'")]
    [InlineData("kind IN ('play', 'ad') AND (ok = 1 OR (v - 1) * 2 > 3)")]
    [InlineData("mail LIKE '%@x.org' AND note <> 'a:b ? $c {0} -- # /* ; ) ('")]
    [InlineData("kind = 'it''s @me'")]
    [InlineData("`odd ) name` = 1 AND `a``b @c` = 2")]
    [InlineData("v - -1 > 0 AND v / 2 >= 1 AND price$cents <> 5")]
    [InlineData("data ->> '$.kind' = 'x' AND extra -> '$.a' IS NOT NULL")]
    [InlineData("naïve = 1\n\tAND b = x'00ff'")]
    [InlineData("id IN (SELECT id FROM allowed WHERE till > '2024-01-01 00:00:00')")]
    public void A_self_contained_condition_is_accepted_by_every_store(string condition)
    {
        foreach (var dialect in Enum.GetValues<SqlDialect>())
            Faults(condition, dialect).Should().BeEmpty($"{dialect}");
    }

    [Theory]
    [InlineData(@"kind = 'it\'s'", SqlDialect.MySql, true)]
    [InlineData(@"kind = 'it\'s'", SqlDialect.Sqlite, false)]
    [InlineData(@"kind = 'C:\'", SqlDialect.Sqlite, true)]
    [InlineData(@"kind = 'C:\'", SqlDialect.MySql, false)]
    [InlineData(@"kind = '\') or (1=1 or 1=1'", SqlDialect.MySql, true)]
    [InlineData(@"kind = '\') or (1=1 or 1=1'", SqlDialect.Sqlite, false)]
    [InlineData("\"odd ) @name\" = 1", SqlDialect.Sqlite, true)]
    [InlineData("kind = 'a \"b\"' AND `c\"` = 1", SqlDialect.MySql, true)]
    [InlineData("kind = \"play", SqlDialect.Sqlite, false)]
    [InlineData("kind = \"a\\\"b @c\"", SqlDialect.Sqlite, false)]
    [InlineData("[odd ) @name] = 1", SqlDialect.Sqlite, true)]
    [InlineData("[odd ) @name] = 1", SqlDialect.MySql, false)]
    [InlineData("[odd = 1", SqlDialect.Sqlite, false)]
    public void Literals_and_identifiers_are_parsed_in_the_dialect_of_the_store(string condition, SqlDialect dialect, bool isAccepted) =>
        (Faults(condition, dialect).Count == 0).Should().Be(isAccepted);

    [Theory]
    [InlineData("\"cancelled\" = 0", 1)]
    [InlineData("kind = \"play\"", 8)]
    [InlineData("kind = \"play", 8)]
    public void Double_quotes_are_refused_on_MySql_where_their_meaning_depends_on_the_SQL_mode(string condition, int at) =>
        Faults(condition, SqlDialect.MySql).Should().ContainSingle().Which.Should()
            .Match($"Source 's': Where(\"*double quote at character {at}.*Write '…' for a text and `…` for a name.");

    private static List<string> Faults(string condition, SqlDialect dialect)
    {
        var services = new ServiceCollection().AddSettlement(settlement => settlement
            .Calendar("Asia/Seoul").UseStore("A", dialect).Meter("m")
            .Source("s", plays => plays.Table("plays").Key("id").OccurredAt("at").Item("v").Payee("o").Where(condition).Counts("m")));
        try
        {
            _ = services.BuildServiceProvider().GetRequiredService<IOptions<SettlementOptions>>().Value;
            return [];
        }
        catch (OptionsValidationException e)
        {
            return [.. e.Failures];
        }
    }
}
