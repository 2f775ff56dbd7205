using NodaTime.TimeZones;

namespace Settlements.Tests.Calendars;

/// <summary>Tests of renamed zones: the old and the current name give the same calendar, whichever of them is installed.</summary>
public sealed class RenamedZonesTests
{
    // Not renamed zones: links between places whose clocks agree today, and names of offsets without a place.
    private static readonly string[] NotRenamed =
    [
        "Africa/Timbuktu", "America/Argentina/ComodRivadavia", "America/Atka", "America/Coral_Harbour", "America/Ensenada",
        "America/Fort_Wayne",
        "America/Montreal", "America/Nipigon", "America/Pangnirtung", "America/Porto_Acre", "America/Rainy_River", "America/Rosario",
        "America/Santa_Isabel", "America/Shiprock", "America/Thunder_Bay", "America/Yellowknife", "Antarctica/South_Pole",
        "Asia/Choibalsan",
        "Asia/Chongqing", "Asia/Chungking", "Asia/Harbin", "Asia/Kashgar", "Asia/Tel_Aviv", "Atlantic/Jan_Mayen", "Australia/ACT",
        "Australia/Canberra", "Australia/Currie", "Europe/Belfast", "Europe/Tiraspol", "Europe/Uzhgorod", "Europe/Zaporozhye", "Navajo",
        "Pacific/Enderbury", "Pacific/Johnston", "Pacific/Yap",
        "CET", "CST6CDT", "EET", "EST", "EST5EDT", "HST", "MET", "MST", "MST7MDT", "PST8PDT", "WET",
    ];

    private static readonly TzdbDateTimeZoneSource Noda = TzdbDateTimeZoneSource.Default;

    [Theory]
    [InlineData("US/Eastern", "America/New_York")]
    [InlineData("Asia/Calcutta", "Asia/Kolkata")]
    [InlineData("ROK", "Asia/Seoul")]
    [InlineData("UTC", "Etc/UTC")]
    [InlineData("Iceland", "Atlantic/Reykjavik")]
    public void A_zone_under_another_name_is_the_same_calendar(string name, string present)
    {
        var (one, other) = (new BusinessCalendar(name), new BusinessCalendar(present));

        one.TimeZoneId.Should().Be(present);
        other.TimeZoneId.Should().Be(present);
        one.ToString().Should().Be(other.ToString()).And.Be($"{present}, weeks from Monday");
    }

    [Theory]
    [InlineData("Europe/Amsterdam")]
    [InlineData("America/Montreal")]
    [InlineData("Africa/Accra")]
    public void A_zone_with_a_separate_place_keeps_its_name(string name) => RenamedZones.Canonical(name).Should().Be(name);

    [Fact]
    public void A_zone_is_found_by_either_name_if_only_one_is_installed()
    {
        var (zone, id) = NamedTimeZone.Find("US/Eastern", "zone", OnlyInstalled("America/New_York"));
        (zone.Id, id).Should().Be(("America/New_York", "America/New_York"));

        (zone, id) = NamedTimeZone.Find("Europe/Kiev", "zone", OnlyInstalled("Europe/Kiev"));
        (zone.Id, id).Should().Be(("Europe/Kiev", "Europe/Kyiv"), "tzdata before 2022 has only the old name");

        (zone, id) = NamedTimeZone.Find("Europe/Kyiv", "zone", OnlyInstalled("Europe/Kiev"));
        (zone.Id, id).Should().Be(("Europe/Kiev", "Europe/Kyiv"));

        FluentActions.Invoking(() => NamedTimeZone.Find("US/Eastern", "zone", OnlyInstalled("Asia/Seoul"))).Should()
            .Throw<ArgumentException>()
            .WithMessage("Time zone 'US/Eastern' is not installed on this machine*");
    }

    [Fact]
    public void The_list_of_renamed_zones_agrees_with_NodaTime()
    {
        foreach (var (old, present) in RenamedZones.All)
        {
            Noda.CanonicalIdMap[old].Should().Be(Noda.CanonicalIdMap[present], "{0} is {1}", old, present);
            RenamedZones.All.Should().NotContainKey(present, "a chain of names would require two lookups");
        }
    }

    [Fact]
    public void Every_NodaTime_alias_is_in_the_list_of_renamed_zones_or_of_known_exceptions()
    {
        // zone.tab has a row for each place: any other zone is an alias of a place or a merge of several.
        var places = Noda.ZoneLocations!.Select(location => location.ZoneId).ToHashSet(StringComparer.Ordinal);
        var aliases = Noda.CanonicalIdMap.Where(link => link.Key != link.Value && !places.Contains(link.Key)).Select(link => link.Key);

        aliases.Except(RenamedZones.All.Keys).Except(NotRenamed).Should().BeEmpty();
        RenamedZones.All.Keys.Intersect(NotRenamed).Should().BeEmpty();
        RenamedZones.All.Keys.Intersect(places).Should().BeEmpty("a zone with a separate place was not renamed");
        RenamedZones.All.Values.Where(present => !present.StartsWith("Etc/", StringComparison.Ordinal)).Except(places).Except(
            ["Asia/Nicosia"])
            .Should().BeEmpty("a current name belongs to a place");
    }

    private static Func<string, TimeZoneInfo> OnlyInstalled(string id) => requested => requested == id
        ? TimeZoneInfo.FindSystemTimeZoneById(id)
        : throw new TimeZoneNotFoundException($"{requested} isn't installed.");
}
