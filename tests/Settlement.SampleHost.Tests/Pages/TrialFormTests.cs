using Settlement.SampleHost.Pages.Admin;
using Settlement.SampleHost.Tests.Api;
using Settlements;

namespace Settlement.SampleHost.Tests.Pages;

/// <summary>The form of rates: separators of its numbers, and why its gate refuses them.</summary>
public sealed class TrialFormTests(Chromium chromium)
{
    private static readonly RateTable Current = RateTable.Graduated((99_999, 1m), (1_234_567, 1.1m), (null, 1.5m));

    [Fact]
    public void Bounds_of_tiers_in_force_have_thousands_separators()
    {
        var form = TrialForm.Read(Current, null, null, null, null, TrialForm.Add);

        form.Tiers.Select(t => t.UpTo).Should().Equal("99,999", "1,234,567", "2,469,134", "");
    }

    [Theory]
    [InlineData("10000", 10_000, "10,000")]
    [InlineData("10,000", 10_000, "10,000")]
    [InlineData(" 1,234,567 ", 1_234_567, "1,234,567")]
    [InlineData("999", 999, "999")]
    [InlineData("1,000,000,000,000,000", RateTable.CountMax, "1,000,000,000,000,000")]
    public void A_bound_is_read_with_and_without_separators_and_displayed_with_them(string entered, long last, string displayed)
    {
        var form = Calculate(entered);

        form.Problem.Should().BeNull();
        form.Table!.Tiers[0].UpTo.Should().Be(last);
        form.Tiers[0].UpTo.Should().Be(displayed);
    }

    [Theory]
    [InlineData("1,00,0")]
    [InlineData("1,0000")]
    [InlineData("1000,000")]
    [InlineData(",100")]
    [InlineData("100,")]
    [InlineData("1,,000")]
    [InlineData("0,100")]
    [InlineData("1.000")]
    [InlineData("1 000")]
    [InlineData("１,０００")]
    [InlineData("9,223,372,036,854,775,808")]
    [InlineData("")]
    public void A_bound_with_other_separators_is_refused_at_its_field_and_kept(string entered)
    {
        var form = Calculate(entered);

        form.Table.Should().BeNull();
        var error = form.Problem!.Fields.Should().ContainSingle().Subject;
        error.Field.Should().Be("upTo-1");
        error.Text.ToString().Should().Be($"Tier 1 ends at '{entered}'. Use a whole number above 0.");
        form.Tiers[0].UpTo.Should().Be(entered);
    }

    [Fact]
    public void The_limit_of_an_error_has_separators()
    {
        var form = TrialForm.Read(Current, null, null, ["10,000", "9,999", ""], ["1", "2", "3"], TrialForm.Calculate);

        form.Problem!.Fields.Single().Text.ToString().Should().Be("Tier 2 ends at '9,999'. Use a whole number above 10,000.");
    }

    [Theory]
    [InlineData("en-US", "The new rates priced no usage of 10 Mar 2026")]
    [InlineData("ko-KR", "2026년 3월 10일에는 새 요율로 계산된 이용량이 없어")]
    public async Task The_gate_says_in_the_language_of_the_page_that_no_usage_was_priced(string locale, string reason)
    {
        await using var platform = await PlatformUnderTest.StartAsync();
        var (_, videoId) = await platform.RegisterAsync(lengthSeconds: 100);
        await platform.ViewAsync(await platform.LogInAsync(), videoId);
        await platform.CloseDayAsync();
        await using var admin = await chromium.VisitAsync(platform.Address, locale: locale);
        await admin.LogInAsync((await platform.LogInAsync("admin")).Email);

        await admin.GoAsync("/admin/rates?meter=ad.view&upto=&price=12&do=calculate&period=day&date=2026-03-10");

        (await admin.Page.Locator("#gate li").AllInnerTextsAsync()).Should().ContainSingle().Which.Should().StartWith(reason);
        (await admin.Page.Locator("#gate [lang]").CountAsync()).Should().Be(0);
    }

    [Theory]
    [InlineData("en-US", "Use a whole number above 10,000.")]
    [InlineData("ko-KR", "10,000보다 큰 정수를 입력해 주세요.")]
    public async Task Bounds_and_their_errors_have_separators_and_fit_on_a_phone(string locale, string error)
    {
        const int Width = 360;
        await using var platform = await PlatformUnderTest.StartAsync();
        await using var admin = await chromium.VisitAsync(platform.Address, width: Width, locale: locale);
        await admin.LogInAsync((await platform.LogInAsync("admin")).Email);

        await admin.GoAsync("/admin/rates?upto=10000&upto=20,00&upto=&price=1&price=2&price=3&do=calculate");

        (await admin.Page.InputValueAsync("[name=upto] >> nth=0")).Should().Be("10,000");
        (await admin.Page.InputValueAsync("[name=upto][aria-invalid=true]")).Should().Be("20,00");
        (await admin.TextAsync("#upTo-2-error")).Should().EndWith(error);
        (await admin.Page.EvaluateAsync<int>("document.documentElement.scrollWidth")).Should().BeLessThanOrEqualTo(Width);
    }

    private static TrialForm Calculate(string entered) =>
        TrialForm.Read(Current, null, null, [entered, ""], ["1", "2"], TrialForm.Calculate);
}
