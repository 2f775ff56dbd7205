namespace Settlement.SampleHost.Tests.Api;

/// <summary>The admin's list of accounts, and the validation of display names.</summary>
public sealed class UserListTests(MySqlForApi mySql)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Accounts_are_listed_newest_first_page_by_page_and_found_by_address_or_name(bool isMySql)
    {
        await using var platform = await PlatformUnderTest.StartAsync(isMySql ? await mySql.CreateAsync() : null);
        var admin = await platform.LogInAsync("admin");
        var made = new List<string> { admin.UserId };
        for (var n = 0; n < 6; n++)
        {
            // Two accounts per instant, ordered by id.
            platform.Clock.Advance(TimeSpan.FromMinutes(n % 2));
            var name = n == 3 ? "Rivers 100%_of Korea" : $"Person {n}";
            made.Add((await platform.Anonymous.PostAsync(
                "/api/users", new { email = $"P{n}@people.example", password = PlatformUnderTest.Password, displayName = name }))
                    .Should(201).Json.GetProperty("id").GetString()!);
        }

        var listed = new List<string>();
        for (string? next = ""; next is not null;)
        {
            var page = (await admin.GetAsync($"/api/users?count=2&after={next}")).Should(200).Json;
            listed.AddRange(Ids(page));
            next = page.TryGetProperty("next", out var key) ? key.GetString() : null;

            // The next page is found even if the account in after was deleted.
            if (listed.Count == 2)
                await platform.Service<Users.UserTable>().TryDeleteAsync(listed[1], 1, TestContext.Current.CancellationToken);
        }

        listed.Should().Equal(made.AsEnumerable().Reverse());
        (await FindAsync("p3@PEOPLE")).Should().Equal(made[4]);
        (await FindAsync("rivers")).Should().Equal(made[4]);
        (await FindAsync("100%_of")).Should().Equal(made[4]);
        (await FindAsync("1%f")).Should().BeEmpty();
        (await FindAsync("people.example")).Should().HaveCount(5);

        async Task<List<string>> FindAsync(string search) =>
            [.. Ids((await admin.GetAsync($"/api/users?search={Uri.EscapeDataString(search)}")).Should(200).Json)];
    }

    [Theory]
    [InlineData("Ann\u202Egnp.exe", false)]
    [InlineData("Ann\u200B", false)]
    [InlineData("Ann\u0007", false)]
    [InlineData("Ann\uFFFF", false)]
    [InlineData("\U0001F600", false)]
    [InlineData("…", false)]
    [InlineData("안나 \U0001F600", true)]
    [InlineData("O'Neil-7", true)]
    public async Task Display_names_without_visible_letters_are_rejected(string name, bool isGood)
    {
        await using var platform = await PlatformUnderTest.StartAsync();

        var named = await platform.Anonymous.PostAsync(
            "/api/users", new { email = "ann@example.com", password = PlatformUnderTest.Password, displayName = name });
        var addressed = await platform.Anonymous.PostAsync(
            "/api/users", new
            {
                email = $"{name.Replace(' ', '.')}@example.com", password = PlatformUnderTest.Password,
                displayName = "Ann"
            });

        if (isGood)
            named.Should(201);
        else
            named.ShouldBeProblem(400, "visible", "letter or a digit");
        if (name.StartsWith("Ann", StringComparison.Ordinal))
            addressed.ShouldBeProblem(400, "invisible");
    }

    [Theory]
    [InlineData("\u0251dmin", "U+0251")]        // phonetic
    [InlineData("\u0261oogle", "U+0261")]
    [InlineData("\u1D00dmin", "U+1D00")]
    [InlineData("\u1D43dmin", "U+1D43")]
    [InlineData("g\u2092ogle", "U+2092")]       // subscript
    [InlineData("ad\u217Fin", "U+217F")]        // a Roman numeral
    [InlineData("\u24D0dmin", "U+24D0")]        // enclosed
    [InlineData("\u2C6Ddmin", "U+2C6D")]
    [InlineData("\uA731ettlement", "U+A731")]
    [InlineData("\uFF21\uFF23\uFF2D\uFF25", "U+FF21")]
    [InlineData("\U0001D41Admin", "U+1D41A")]
    [InlineData("\u212Aim", "U+212A")]          // the Kelvin sign
    [InlineData("\uA4D0ob", "Lisu")]            // Lisu letters look like upright and rotated Latin capitals
    [InlineData("M\u0259mm\u0259d \u0190", null)]
    [InlineData("Kapi\u02BBolani \u2122", null)]
    [InlineData("\u0410\u043D\u043D\u0430", null)]
    [InlineData("\u0386\u03BD\u03BD\u03B1", null)]
    public void Styled_letters_in_display_names_are_rejected_and_named(string name, string? error)
    {
        var errors = new Hosting.FieldErrors();

        Users.Accounts.Name(name, errors);

        if (error is null)
            errors.IsEmpty.Should().BeTrue();
        else
            errors.ToException().Message.Should().Contain(error);
    }

    [Fact]
    public void Lone_surrogates_are_removed()
    {
        Users.VisibleText.IsVisible("Ann\uD83D").Should().BeFalse();
        Users.VisibleText.RemoveInvisible("Ann \U0001F600\u200B!", 5).Should().Be("Ann ");
    }

    private static IEnumerable<string> Ids(System.Text.Json.JsonElement page) =>
        page.GetProperty("items").EnumerateArray().Select(a => a.GetProperty("id").GetString()!);
}
