using System.Net;
using System.Text;
using Settlements.Sqlite.Tests;
using Settlements.TestServers;
using Settlements.Testing;

namespace Settlements.ClickHouse.Tests;

/// <summary>Errors of configuration, of rows and of answers.</summary>
public sealed class ClickHouseSourceTests(ClickHouseFixture shared)
{
    private const string Types =
        "id UInt64, at Int64, item String, payee String, quantity Int64, d Date, f Float64, dec Decimal(18, "
            + "2), u UInt64, n Nullable(Int64), "
        + "s Nullable(String), a Array(String), moment DateTime";

    [Theory]
    [InlineData("at", "item", "payee", "f", "*column f is Float64; it must be an integer*")]
    [InlineData("at", "item", "payee", "dec", "*column dec is Decimal(18, 2); it must be an integer*")]
    [InlineData("d", "item", "payee", "quantity", "*column d is Date; for the format UnixMicroseconds it must be an integer*")]
    [InlineData("at", "a", "payee", "quantity", "*column a is Array(String); it must be String*")]
    [InlineData("at", "none", "nil", "quantity", "*there is no column none*there is no column nil*")]
    public async Task Columns_that_can_not_be_counted_are_named(string at, string item, string payee, string quantity, string message)
    {
        await using var source = await ClickHouseUnderTest.NewAsync(shared, isReplicated: false);
        await source.CreateAsync("t", Types, "MergeTree ORDER BY at");

        await FailsAsync(source, message, p => p.Table("t_all").OccurredAt(at, InstantFormat.UnixMicroseconds).Item(item).Payee(payee)
            .Sums("video.view", quantity));
    }

    [Fact]
    public async Task A_missing_table_and_an_invalid_condition_are_named()
    {
        await using var source = await ClickHouseUnderTest.NewAsync(shared, isReplicated: false);

        await FailsAsync(source, "*table nowhere*no such table*grant SELECT*", p =>
            source.Configure(p).Table("nowhere").Counts("video.view"));
        await FailsAsync(
            source, "*Unknown function ifff*Check the source's definition*", p =>
                source.Configure(p).Where("ifff(1)").Counts("video.view"));
        await FailsAsync(source, "*none*", p => source.Configure(p).Where("none = 1").Counts("video.view"));
    }

    [Theory]
    [InlineData("", "*Endpoint*HTTP interface*")]
    [InlineData("http://user:secret@host:8123", "*Set User, Password*")]
    [InlineData("http://host:8123/?password=secret", "*Set User, Password*")]
    public void An_address_that_is_none_or_has_a_secret_is_refused_without_showing_it(string endpoint, string message)
    {
        var errors = new List<string>();
        new UsageTableBuilder("plays").Table("t").OccurredAt("at").Item("i").Payee("p").Counts("video.view")
            .Where("a = 'x\\' OR 1 = 1 --'").OnClickHouse(
                o => (o.Endpoint, o.SliceRowsMax, o.Final, o.AllowUnmerged) = (endpoint, 0, true, true))
            .Build(errors).Should().BeNull();

        errors.Should().HaveCount(3).And.OnlyContain(e => !e.Contains("secret", StringComparison.Ordinal)).And.ContainMatch(message)
            .And.ContainMatch("*both Final and AllowUnmerged*").And.ContainMatch("*SliceRowsMax is 0*");
    }

    [Fact]
    public async Task A_wrong_password_is_not_part_of_the_error()
    {
        await using var source = await ClickHouseUnderTest.NewAsync(shared, isReplicated: false);
        source.Options = o => (o.User, o.Password) = (TestServers.ClickHouseCluster.Reader, "s3cret");

        var error = await FailsAsync(source, "*Wrong password for user reader*permissions*", p => source.Configure(p).Counts("video.view"));

        error.ToString().Should().NotContain("s3cret");
    }

    [Fact]
    public async Task Groups_that_a_users_limit_would_leave_out_are_an_error()
    {
        await using var source = await ClickHouseUnderTest.NewAsync(shared, isReplicated: false);
        await source.InsertAsync([.. Enumerable.Range(1, 40).Select(i => Scenario.Event(i, Scenario.Monday, i, $"v{i}"))]);
        source.Options = o => (o.User, o.Password) = (TestServers.ClickHouseCluster.Limited, TestServers.ClickHouseCluster.Password);

        await FailsAsync(source, "*Code: 158*GROUP BY*", p => source.Configure(p).Counts("video.view"));
    }

    [Theory]
    [InlineData("t_all")]
    [InlineData("t")]
    public async Task Rows_that_are_merged_later_are_refused_until_the_source_says_how_to_read_them(string table)
    {
        await using var source = await ClickHouseUnderTest.NewAsync(shared, isReplicated: false);
        await source.CreateAsync("t", ClickHouseUnderTest.Columns, "ReplacingMergeTree ORDER BY (at, item, payee)");
        for (var i = 0; i < 2; i++)
        {
            await source.ExecuteAsync(
                $"INSERT INTO $db.t SELECT 1, {UnixMicroseconds.From(Scenario.Instant(Scenario.Monday, 3))}, 'v1', 'ann', 7");
        }

        await FailsAsync(source, $"*table {table} is a ReplacingMergeTree*twice*Final = true*AllowUnmerged*", Configure);
        source.Options = o => o.AllowUnmerged = true;
        (await QuantityAsync(source, Configure)).Should().Be(14);
        source.Options = o => o.Final = true;
        (await QuantityAsync(source, Configure)).Should().Be(7);
        await FailsAsync(source, "*Final is set, but table plays_all is a Distributed*", p => source.Configure(p).Counts("video.view"));

        UsageTableBuilder Configure(UsageTableBuilder p) => source.Configure(p).Table(table).Sums("video.view", "quantity");
    }

    [Theory]
    [InlineData("'', 'ann', 1, 1, 1, 'x'", "*column item holds '' in the row*with at = *item = *1 to 64 characters*Where*")]
    [InlineData("unhex('FF41'), 'ann', 1, 1, 1, 'x'", "*column item holds '\uFFFDA'*UTF-8*")]
    [InlineData("'v1', concat(toString(toFixedString('a', 1)), repeat('b', 64)), 1, 1, 1, 'x'", "*column payee holds 'abbb*64 characters*")]
    [InlineData("'v1', 'ann', 9223372036854775808, 1, 1, 'x'",
        "*column u holds '9223372036854775808' in the row*id = 5*at most 9223372036854775807*", "id")]
    [InlineData("'v1', 'ann', 1, null, 1, 'x'", "*column n holds null in the row of table t_all with id = 5*Where*", "id")]
    [InlineData("'v1', 'ann', 1, 1, 1, null", "*column s holds null*'video.view:value'*")]
    public async Task An_invalid_row_is_named(string values, string message, string? key = null)
    {
        await using var source = await ClickHouseUnderTest.NewAsync(shared, isReplicated: false);
        await source.CreateAsync(
            "t", "id UInt64, at Int64, item String, payee String, u UInt64, n Nullable(Int64), q Int64, s Nullable(String)",
            "MergeTree ORDER BY at");
        await source.ExecuteAsync(
            $"INSERT INTO $db.t_all SELECT 5, {UnixMicroseconds.From(Scenario.Instant(Scenario.Monday, 3))}, "
            + values.Replace("repeat('b', 64)", $"'{new string('b', 64)}'", StringComparison.Ordinal));

        await FailsAsync(source, message, p =>
        {
            source.Configure(p).Table("t_all").Sums("u", "u").Sums("n", "n").Counts("video.view", by: "s");
            return key is null ? p : p.Key(key);
        });
    }

    [Fact]
    public async Task An_instant_out_of_range_is_named()
    {
        await using var source = await ClickHouseUnderTest.NewAsync(shared, isReplicated: false);
        await source.ExecuteAsync($"INSERT INTO $db.plays_all VALUES (9, {long.MaxValue}, 'v1', 'ann', 1)");

        await FailsAsync(
            source, $"*column at holds '{long.MaxValue}'*id = 9*1900-01-02*OccurredAt*", p =>
                source.Configure(p).Key("id").Counts("video.view"));
    }

    [Theory]
    [InlineData("Code: 241, e.displayText() = DB::Exception: Memory limit exceeded, e.what() = DB::Exception\n", 0)]
    [InlineData("\u0002v1\u0003annCode: 241. DB::Exception: Memory limit exceeded. (MEMORY_LIMIT_EXCEEDED) (version 26.7)\n", 0)]
    [InlineData("", 241)]
    public async Task An_error_within_an_answer_with_status_200_is_an_error(string body, int code)
    {
        await using var source = await ClickHouseUnderTest.NewAsync(shared, isReplicated: false);
        await source.InsertAsync([Scenario.Event(1, Scenario.Monday)]);
        source.Options = o => Between.Use(o, sql =>
        {
            if (!Between.IsGroups(sql))
                return Task.FromResult<HttpResponseMessage?>(null);
            var answer = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(Encoding.Latin1.GetBytes(body)) };
            if (code > 0)
                answer.Headers.Add("X-ClickHouse-Exception-Code", FormattableString.Invariant($"{code}"));
            return Task.FromResult<HttpResponseMessage?>(answer);
        });

        await FailsAsync(source, code > 0 ? "*Check the source*" : "*Code: 241*Memory limit exceeded*", p =>
            source.Configure(p).Counts("video.view"));
    }

    [Theory]
    [InlineData("")]
    [InlineData("\u0002v1\u0003an")]
    public async Task An_answer_that_ends_early_is_repeated_and_then_an_error(string body)
    {
        await using var source = await ClickHouseUnderTest.NewAsync(shared, isReplicated: false);
        await source.InsertAsync([Scenario.Event(1, Scenario.Monday)]);
        var attempts = 0;
        source.Options = o =>
            Between.Use(o, sql => Task.FromResult(!Between.IsGroups(sql) || attempts++ < 0 ? null : new HttpResponseMessage
            {
                Content = new ByteArrayContent(Encoding.Latin1.GetBytes(body)),
            }));

        await FailsAsync(source, "*transient*2 retries*", p => source.Configure(p).Counts("video.view"));

        attempts.Should().Be(3);
    }

    [Fact]
    public async Task Rows_that_arrive_between_the_totals_and_the_groups_are_summed_again()
    {
        await using var source = await ClickHouseUnderTest.NewAsync(shared, isReplicated: false);
        await source.InsertAsync([Scenario.Event(1, Scenario.Monday, 3)]);
        var attempts = 0;
        source.Options = o => Between.Use(o, async sql =>
        {
            if (Between.IsGroups(sql) && ++attempts == 1)
                await source.InsertAsync([Scenario.Event(2, Scenario.Monday, 4)]);
            return null;
        });

        (await QuantityAsync(source, p => source.Configure(p).Sums("video.view", "quantity"))).Should().Be(7);

        attempts.Should().Be(2);
    }

    [Fact]
    public async Task An_open_day_is_estimated_while_rows_arrive()
    {
        await using var source = await ClickHouseUnderTest.NewAsync(shared, isReplicated: false);
        await source.InsertAsync([Scenario.Event(1, Scenario.Monday, 3, hour: 13)]);
        Scenario scenario = null!;
        var attempts = 0;
        source.Options = o => Between.Use(o, async sql =>
        {
            if (!Between.IsGroups(sql))
                return null;
            attempts++;
            scenario.Clock.Advance(TimeSpan.FromSeconds(1));
            await source.InsertAsync([new UsageEvent(Scenario.Id(1 + attempts), scenario.Clock.GetUtcNow(), "video.view", "v1", "p1", 4)]);
            return null;
        });
        await using var store = new SqliteUnderTest();
        await using var started = scenario = await StartAsync(
            store, source, p => source.Configure(p).Sums("video.view", "quantity"),
            s => s.Rates("video.view", rates => rates.Flat("2024", Scenario.Monday, Currency.KRW, 1)));
        scenario.Clock.SetUtcNow(Scenario.Instant(Scenario.Monday, 13));

        await scenario.Engine.Estimates.RefreshAsync(Scenario.Instant(Scenario.Monday, 13));

        attempts.Should().Be(1);
        (await scenario.Engine.Estimates.ReadAsync("p1", CalendarPeriod.Day, Scenario.Monday)).Payees.Single().Totals
            .Should().Equal(new Money(3, Currency.KRW));
    }

    [Fact]
    public async Task Rows_of_later_instants_are_not_estimated_in_any_slice()
    {
        await using var source = await ClickHouseUnderTest.NewAsync(shared, isReplicated: false);
        await source.InsertAsync([.. Enumerable.Range(1, 20).Select(i => Scenario.Event(i, Scenario.Monday, hour: i))]);
        source.Options = o => o.SliceRowsMax = 1;
        await using var store = new SqliteUnderTest();
        await using var scenario = await StartAsync(
            store, source, p => source.Configure(p).Counts("video.view"),
            s => s.Rates("video.view", rates => rates.Flat("2024", Scenario.Monday, Currency.KRW, 1)));
        scenario.Clock.SetUtcNow(Scenario.Instant(Scenario.Monday, 13));

        await scenario.Engine.Estimates.RefreshAsync(Scenario.Instant(Scenario.Monday, 13));

        (await scenario.Engine.Estimates.ReadAsync("p1", CalendarPeriod.Day, Scenario.Monday)).Payees.Single().Totals
            .Should().Equal(new Money(13, Currency.KRW));
    }

    private static async Task<UsageSourceException> FailsAsync(
        ClickHouseUnderTest source, string message, Func<UsageTableBuilder, UsageTableBuilder> configure)
    {
        await using var store = new SqliteUnderTest();
        await using var scenario = await StartAsync(store, source, configure);
        return (await scenario.Invoking(s => s.CloseAsync(Scenario.Monday)).Should().ThrowAsync<UsageSourceException>())
            .WithMessage($"Source 'plays'{message}").Which;
    }

    private static async Task<long> QuantityAsync(ClickHouseUnderTest source, Func<UsageTableBuilder, UsageTableBuilder> configure)
    {
        await using var store = new SqliteUnderTest();
        await using var scenario = await StartAsync(store, source, configure);
        await scenario.CloseAsync(Scenario.Monday);
        return (await scenario.LineAsync(Scenario.Monday)).Quantity;
    }

    private static Task<Scenario> StartAsync(
        StoreUnderTest store, ClickHouseUnderTest source, Func<UsageTableBuilder, UsageTableBuilder> configure,
        Action<SettlementBuilder>? rates = null) => Scenario.StartAsync(
        store, s =>
        {
            s.StartsOn(Scenario.Monday).Meter("u").Meter("n").Meter("video.view:x")
                .Source("plays", p => source.On(configure(p)).CountedFrom(Scenario.Monday));
            rates?.Invoke(s);
        });
}
