namespace Settlements.Testing;

// Export and import.
public abstract partial class RateCatalogContract
{
    private const string Header =
        "meter,scope,version,from,until,model,counter_period,currency,minor_unit_digits,rounding,supersedes,up_to,price,units_per_package";

    [Theory]
    [InlineData(RateFormat.Json)]
    [InlineData(RateFormat.Csv)]
    public async Task Exported_rates_are_imported_into_an_empty_store_as_the_same_versions(RateFormat format)
    {
        await using var first = NewStore();
        await using var source = await Scenario.StartAsync(first, s => AllKinds(s.RatesFromStore()));
        await ApproveAsync(source, await ProposeAsync(source, Flat("stored", Tuesday, 7.25m, "payee:an\"n, 앤", lastDay: Tuesday)));
        await ApproveAsync(source, await source.Engine.Rates.ProposeEndAsync(
            "video.view", "item:v1", "i", Tuesday, "contract ended", "ann"));
        var exported = await source.Engine.Rates.ExportAsync(format);

        await using var second = NewStore();
        await using var target = await Scenario.StartAsync(second, s => s.RatesFromStore());
        var imported = await ImportAsync(target, exported, format);
        (await target.Engine.Rates.ExportAsync(format)).Should().NotBe(exported, "nothing is approved");
        (await ImportAsync(target, exported, format)).SkippedCount.Should().Be(imported.Proposals.Count, "all are proposed");
        foreach (var proposal in imported.Proposals)
            await ApproveAsync(target, proposal);
        var again = await ImportAsync(target, exported, format);

        (await target.Engine.Rates.ExportAsync(format)).Should().Be(exported);
        var versions = (await source.Engine.Rates.ListAsync()).Select(Text).ToList();
        (await target.Engine.Rates.ListAsync()).Select(Text).Should().Equal(versions);
        (imported.Proposals.Count, imported.SkippedCount).Should().Be((versions.Count, 0));
        (again.Proposals.Count, again.SkippedCount).Should().Be((0, versions.Count));
        (await target.Engine.Rates.ListHistoryAsync()).Should().HaveCount(versions.Count);

        static string Text(ListedRate rate) =>
            $"{rate.Meter} {rate.Version.Scope} {rate.Version} {rate.Version.Currency.MinorUnitDigits} {rate.Rounding}";
    }

    [Fact]
    public async Task An_export_is_the_rates_of_a_settlement_file()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store, s => AllKinds(s.RatesFromStore()));
        var exported = await scenario.Engine.Rates.ExportAsync(RateFormat.Json);
        var file = SettlementFile.Parse($$"""{ "calendar": { "timeZone": "Asia/Seoul" }, "rates": {{exported}} }""", "settlement.json");

        await using var other = await Scenario.StartAsync(store, s => s.RatesFromStore().UseFile(file));
        (await other.Engine.Rates.ExportAsync(RateFormat.Json)).Should().Be(exported);
        (await other.Engine.Rates.ExportAsync(RateFormat.Json, "ad.view")).Should().Contain("ad.view").And.NotContain("video.view");
        (await other.Invoking(o => o.Engine.Rates.ExportAsync(RateFormat.Csv, "none")).Should()
            .ThrowAsync<CorrectionRefusedException>()).WithMessage("Meter 'none' has no rates*");
    }

    [Theory]
    [InlineData(RateFormat.Json)]
    [InlineData(RateFormat.Csv)]
    public async Task Only_new_versions_are_proposed_and_changed_ones_are_refused(RateFormat format)
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        await scenario.LoadAsync(Scenario.Event(1, Monday));
        await scenario.CloseAsync(Monday);
        await ProposeAsync(scenario, Flat("b", Tuesday, 20m));
        var text = (string a, string b, string c, string from) => format == RateFormat.Json
            ? $$"""
            { "video.view": { "rounding": "truncating", "versions": [
              { "version": "a", "from": "2024-01-01", "currency": "KRW", "model": "flat", "price": {{a}} },
              { "version": "b", "from": "2024-07-02", "currency": "KRW", "model": "flat", "price": {{b}} } ],
              "overrides": [ { "item": "v1", "versions": [
                { "version": "c", "from": "{{from}}", "currency": "KRW", "model": "flat", "price": {{c}} } ] } ] } }
            """
            : "version,meter,scope,from,currency,model,price,rounding\r\n"
                + $"a,video.view,,2024-01-01,KRW,flat,{a},truncating\r\nb,video.view,,2024-07-02,KRW,flat,{b},truncating\r\n"
                + $"c,video.view,item:v1,{from},KRW,flat,{c},truncating\r\n";

        (await ErrorsAsync(scenario, text("11", "21", "30", "2024-07-01"), format)).Should().SatisfyRespectively(
            e => e.Should().Match($"{(format == RateFormat.Json ? "f: $['video.view'].versions[0]: " : "f: row 2: ")}*'video.view' "
                + $"a exists as "
                + "*1- at 10], and here it is *1- at 11]*Use another name*"),
            e => e.Should().Match($"{(format == RateFormat.Json ? "f: $['video.view'].versions[1]: " : "f: row 3: ")}*'video.view' "
                + $"b is proposed "
                + "by RateVersion 1 as *1- at 20], and here*1- at 21]*"),
            e => e.Should().Match(
                $"{(format == RateFormat.Json ? "f: $['video.view'].overrides[0].versions[0]: " : "f: row 4: ")}*item:v1 c "
                + "starts on 2024-07-01, but days through 2024-07-01 are published*2024-07-02 or later*"));
        (await scenario.Engine.Rates.ListHistoryAsync()).Should().ContainSingle("nothing is proposed when there are errors");

        var report = await ImportAsync(scenario, "\uFEFF" + text("10", "20.0", "30", "2024-07-02"), format);
        report.SkippedCount.Should().Be(2);
        report.Proposals.Should().ContainSingle().Which.Reason.Should().Be("contract 43");
        await ApproveAsync(scenario, report.Proposals[0]);
        await scenario.LoadAsync(Scenario.Event(2, Tuesday));
        await scenario.CloseAsync(Tuesday);
        (await scenario.LineAsync(Tuesday)).Amount.Should().Be(30);
    }

    [Fact]
    public async Task All_errors_of_imported_JSON_are_reported_with_their_paths()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        const string Flat = "\"currency\": \"KRW\", \"model\": \"flat\", \"price\": 1";
        foreach (var (json, errors) in new (string, string[])[]
        {
            ("{ \"video.view\" }", ["f: line 1, byte *: the text is not valid JSON.*"]),
            ("[]", ["f: $: the value is an array; use an object*"]),
            ("{ \"calendar\": {} }", ["f: $: there are no rates. Add*"]),
            ("{ \"m\": {} }", ["f: $.m: 'versions' is missing.*"]),
            ($$"""
             { "rates": { "video.view": { "rounding": "up", "versions": [
               { "version": "x", "from": "2024-13-01", {{Flat}} },
               { "version": "y", "from": "2024-08-01", {{Flat}}, "units": 3 } ],
               "overrides": [ { "versions": [] }, { "item": "v1", "payee": "p1", "versions": [ { "version": "z" } ] } ] },
               "video.veiw": { "versions": [ { "version": "x", "from": "2024-08-01", {{Flat}} } ] } } }
             """,
             [
                 "f: $.rates['video.view'].rounding: the value is \"up\"; use*", "f: $.rates['video.view'].versions[0].from: *2024-13-01*",
                 "f: $.rates['video.view'].versions[1].units: is not a property of rateVersion*",
                 "f: $.rates['video.view'].overrides[0]: has neither*", "f: $.rates['video.view'].overrides[1]: has both*",
                 "f: $.rates['video.veiw'].versions[0]: Meter 'video.veiw' is not declared*",
             ]),
            ($$"""
             { "video.view": { "rounding": "cumulative", "versions": [ { "version": "x", "from": "2024-08-01", {{Flat}} },
               { "version": "x", "from": "2024-09-01", {{Flat}} },
               { "version": "t", "from": "2024-08-02", "currency": "KRW", "model": "graduated",
                 "tiers": [ { "upTo": 5, "price": 1 } ] } ] } }
             """,
             [
                 "f: $['video.view'].versions[2]: Rate table 'video.view' t has a gap*",
                 "f: $['video.view'].versions[0]: *is rounded cumulative, and the existing versions of the meter truncating*",
                 "f: $['video.view'].versions[1]: *'video.view' x is also in $['video.view'].versions[0]*",
             ]),
            ($$"""
             { "video.view": { "versions": [ { "version": "x", "from": "2024-08-01", "until": "2024-08-31", {{Flat}} },
               { "version": "y", "from": "2024-10-01", "supersedes": "none", {{Flat}} } ] } }
             """,
             [
                 "f: $['video.view'].versions[1]: *supersedes none, which does not exist*",
                 "f: $['video.view'].versions[0]: *has a gap: version x ends on 2024-08-31*",
             ]),
        })
        {
            (await ErrorsAsync(scenario, json, RateFormat.Json)).Should().HaveSameCount(errors).And
                .SatisfyRespectively(errors.Select(error => new Action<string>(e => e.Should().Match(error))));
        }

        (await scenario.Engine.Rates.ListHistoryAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task All_errors_of_imported_CSV_are_reported_with_their_rows()
    {
        await using var store = NewStore();
        await using var scenario = await StartAsync(store);
        foreach (var (csv, errors) in new (string, string[])[]
        {
            ("", ["f: row 1: The file is empty*Use the columns meter,scope*"]),
            (Header, ["f: there are no rows of rates. Add one for each tier."]),
            ("meter,meter,version,from,model,curency,price\n",
             [
                 "f: row 1: 'curency' is not a column of rates.*", "f: row 1: The column 'meter' occurs twice.*",
                 "f: row 1: The column 'currency' is missing.*",
             ]),
            ($"{Header}\nvideo.view,,x\n\"video.view,,x\n", ["f: row 2: The row has 3 columns instead of 14*", "f: row 3: *not closed*"]),
            ($"{Header}\n"
                + "video.view,user:x,x,2024/08/01,soon,tiered,decade,KRW,,up,,1k,\"1,5\",\n"
                + ",,,2024-08-01,,flat,,KR,,,,,1,\n"
                + "video.view,,sek,2024-08-01,,flat,,SEK,9,,,,1,\n",
             [
                 "f: row 2: column 'scope': the value is 'user:x'*", "f: row 2: column 'from': the value is '2024/08/01'*",
                 "f: row 2: column 'until': the value is 'soon'*",
                 "f: row 2: column 'model': the value is 'tiered'; use graduated, volume, flat, package.",
                 "f: row 2: column 'counter_period': the value is 'decade'*", "f: row 2: column 'rounding': the value is 'up'*",
                 "f: row 2: column 'up_to': the value is '1k'*", "f: row 2: column 'price': the value is '1,5'*decimal point*",
                 "f: row 3: column 'meter': it is empty*", "f: row 3: column 'version': it is empty*",
                 "f: row 3: column 'currency': the value is 'KR'*", "f: row 4: column 'minor_unit_digits': the value is '9'; use 0 to 4.",
             ]),
            ($"{Header}\n"
                + "video.view,,f,2024-08-01,,flat,,KRW,,,,9,1,5\n"
                + "video.view,,f,2024-08-01,,flat,,KRW,,,,,1,5\n"
                + "video.view,,p,2024-08-02,,package,,KRW,,,,,1,\n"
                + "video.view,,g,2024-08-03,,graduated,,KRW,,,,9,1,\n"
                + "video.view,,g,2024-08-04,,graduated,,KRW,,,,,2,\n"
                + "video.view,,o,2024-08-05,,graduated,,KRW,,,,9,1,\n",
             [
                 "f: row 6: column 'from': the value is '2024-08-04', and '2024-08-03' in row 5 of the same version*",
                 "f: row 3: the version begins in row 2, and the model flat has one row*",
                 "f: row 2: column 'up_to': it is not valid for the model flat*",
                 "f: row 2: column 'units_per_package': it is not valid for the model flat*",
                 "f: row 4: column 'units_per_package': the value is missing*", "f: row 7: Rate table 'video.view' o has a gap*",
             ]),
            ($"{Header}\n"
                + "video.view,,x,2024-08-01,2024-08-31,flat,,KRW,,truncating,,,1,\n"
                + "ad.view,,x,2024-08-01,,flat,,KRW,,truncating,,,1,\n"
                + "ad.view,,y,2024-09-01,,flat,,KRW,,cumulative,,,1,\n"
                + "other,,y,2024-09-01,,flat,,KRW,,,,,1,\n",
             [
                 "f: row 4: Rate table 'ad.view' y is rounded cumulative, and truncating in row 3*",
                 "f: row 5: Meter 'other' is not declared*",
             ]),
            ($"{Header}\nvideo.view,payee:p1,x,2024-08-01,,flat,,KRW,,,none,,1,\nvideo.view,,y,2024-08-01,2024-08-31,flat,,KRW,,,,,1,\n",
             ["f: row 3: *has a gap: version y ends on 2024-08-31*", "f: row 2: *supersedes none, which does not exist*"]),
        })
        {
            (await ErrorsAsync(scenario, csv, RateFormat.Csv)).Should().HaveSameCount(errors).And
                .SatisfyRespectively(errors.Select(error => new Action<string>(e => e.Should().Match(error))));
        }

        (await scenario.Engine.Rates.ListHistoryAsync()).Should().BeEmpty();
    }

    [Fact]
    public async Task An_instance_that_does_not_use_the_rates_of_the_store_imports_nothing()
    {
        await using var store = NewStore();
        await using var scenario = await Scenario.StartAsync(store);
        (await scenario.Invoking(s => ImportAsync(s, $"{Header}\n", RateFormat.Csv)).Should().ThrowAsync<CorrectionRefusedException>())
            .WithMessage("*RatesFromStore()*");
    }

    /// <summary>Adds every model, counter period, scope and rounding.</summary>
    private static void AllKinds(SettlementBuilder settlement) => settlement
        .Rates("video.view", r => r
            .Graduated("g", First, Currency.KRW, [(99_999, 1m), (499_999, 1.100001m), (null, 1.3m)]).Until(Monday)
            .Volume("v", Tuesday, new Currency("SEK", 2), [(10, 0.5m), (null, 0.25m)], CounterPeriod.Month)
            .Volume("w", Tuesday, new Currency("SEK", 2), [(10, 0.75m), (null, 0.25m)], CounterPeriod.Month).Supersedes("v")
            .Volume("a", Tuesday, new Currency("SEK", 2), [(10, 1m), (null, 0m)], CounterPeriod.Month).Supersedes("w")
            .ForItem("v1", o => o.Flat("i", First, Currency.USD, 0.000001m, CounterPeriod.Day))
            .ForItem("=1, \"2\"\n조회", o => o.Flat("1\"st", First, Currency.KRW, 1_000_000m, CounterPeriod.Week).Until(Tuesday))
            .ForPayee("an\"n, 앤", o => o.Package("p", First, Currency.KWD, 1000, 4.5m, CounterPeriod.Year).Until(Monday)))
        .Rates("ad.view", r => r.Round(Rounding.Cumulative).ForPayee("ann", o => o.Flat("only, override", Monday, Currency.EUR, 2.5m)));

    private static Task<RateImportReport> ImportAsync(Scenario scenario, string text, RateFormat format) =>
        scenario.Engine.Rates.ImportAsync(text, format, "f", "contract 43", "ann");

    private static async Task<IReadOnlyList<string>> ErrorsAsync(Scenario scenario, string text, RateFormat format) =>
        (await scenario.Invoking(s => ImportAsync(s, text, format)).Should().ThrowAsync<SettlementFileException>()).Which.Errors;
}
