namespace Settlements;

/// <summary>
/// Time zones that were renamed. The old and the current name identify one zone, and so one calendar, also on a machine on which the old
/// names are not installed.
/// </summary>
/// <remarks>
/// From the file <c>backward</c> of the IANA time zone database (2025b): its sections "Pre-1993 naming conventions", "Two-part names that
/// were renamed mostly to three-part names in 1995" and "Alternate names for the same location", with the target in the comment <c>#=</c>
/// where the link target is a merged zone (Iceland is Atlantic/Reykjavik, not Africa/Abidjan). Excluded are links between different
/// locations, whose clocks agree only today (the other two sections, and <c>Australia/ACT</c>, <c>Navajo</c> and <c>Asia/Chungking</c>,
/// which link to one of these), and names of an offset without a location (<c>EST</c>, <c>CET</c>, <c>EST5EDT</c>). A test compares the
/// list with that of NodaTime.
/// </remarks>
internal static class RenamedZones
{
    private static readonly Dictionary<string, string> Current = new(StringComparer.Ordinal)
    {
        // Before 1993.
        ["Australia/LHI"] = "Australia/Lord_Howe",
        ["Australia/NSW"] = "Australia/Sydney",
        ["Australia/North"] = "Australia/Darwin",
        ["Australia/Queensland"] = "Australia/Brisbane",
        ["Australia/South"] = "Australia/Adelaide",
        ["Australia/Tasmania"] = "Australia/Hobart",
        ["Australia/Victoria"] = "Australia/Melbourne",
        ["Australia/West"] = "Australia/Perth",
        ["Australia/Yancowinna"] = "Australia/Broken_Hill",
        ["Brazil/Acre"] = "America/Rio_Branco",
        ["Brazil/DeNoronha"] = "America/Noronha",
        ["Brazil/East"] = "America/Sao_Paulo",
        ["Brazil/West"] = "America/Manaus",
        ["Canada/Atlantic"] = "America/Halifax",
        ["Canada/Central"] = "America/Winnipeg",
        ["Canada/Eastern"] = "America/Toronto",
        ["Canada/Mountain"] = "America/Edmonton",
        ["Canada/Newfoundland"] = "America/St_Johns",
        ["Canada/Pacific"] = "America/Vancouver",
        ["Canada/Saskatchewan"] = "America/Regina",
        ["Canada/Yukon"] = "America/Whitehorse",
        ["Chile/Continental"] = "America/Santiago",
        ["Chile/EasterIsland"] = "Pacific/Easter",
        ["Cuba"] = "America/Havana",
        ["Egypt"] = "Africa/Cairo",
        ["Eire"] = "Europe/Dublin",
        ["Etc/GMT+0"] = "Etc/GMT",
        ["Etc/GMT-0"] = "Etc/GMT",
        ["Etc/GMT0"] = "Etc/GMT",
        ["Etc/Greenwich"] = "Etc/GMT",
        ["Etc/UCT"] = "Etc/UTC",
        ["Etc/Universal"] = "Etc/UTC",
        ["Etc/Zulu"] = "Etc/UTC",
        ["GB"] = "Europe/London",
        ["GB-Eire"] = "Europe/London",
        ["GMT"] = "Etc/GMT",
        ["GMT+0"] = "Etc/GMT",
        ["GMT-0"] = "Etc/GMT",
        ["GMT0"] = "Etc/GMT",
        ["Greenwich"] = "Etc/GMT",
        ["Hongkong"] = "Asia/Hong_Kong",
        ["Iceland"] = "Atlantic/Reykjavik",
        ["Iran"] = "Asia/Tehran",
        ["Israel"] = "Asia/Jerusalem",
        ["Jamaica"] = "America/Jamaica",
        ["Japan"] = "Asia/Tokyo",
        ["Kwajalein"] = "Pacific/Kwajalein",
        ["Libya"] = "Africa/Tripoli",
        ["Mexico/BajaNorte"] = "America/Tijuana",
        ["Mexico/BajaSur"] = "America/Mazatlan",
        ["Mexico/General"] = "America/Mexico_City",
        ["NZ"] = "Pacific/Auckland",
        ["NZ-CHAT"] = "Pacific/Chatham",
        ["PRC"] = "Asia/Shanghai",
        ["Poland"] = "Europe/Warsaw",
        ["Portugal"] = "Europe/Lisbon",
        ["ROC"] = "Asia/Taipei",
        ["ROK"] = "Asia/Seoul",
        ["Singapore"] = "Asia/Singapore",
        ["Turkey"] = "Europe/Istanbul",
        ["UCT"] = "Etc/UTC",
        ["US/Alaska"] = "America/Anchorage",
        ["US/Aleutian"] = "America/Adak",
        ["US/Arizona"] = "America/Phoenix",
        ["US/Central"] = "America/Chicago",
        ["US/East-Indiana"] = "America/Indiana/Indianapolis",
        ["US/Eastern"] = "America/New_York",
        ["US/Hawaii"] = "Pacific/Honolulu",
        ["US/Indiana-Starke"] = "America/Indiana/Knox",
        ["US/Michigan"] = "America/Detroit",
        ["US/Mountain"] = "America/Denver",
        ["US/Pacific"] = "America/Los_Angeles",
        ["US/Samoa"] = "Pacific/Pago_Pago",
        ["UTC"] = "Etc/UTC",
        ["Universal"] = "Etc/UTC",
        ["W-SU"] = "Europe/Moscow",
        ["Zulu"] = "Etc/UTC",

        // Renamed in 1995, mostly to names of three parts.
        ["America/Buenos_Aires"] = "America/Argentina/Buenos_Aires",
        ["America/Catamarca"] = "America/Argentina/Catamarca",
        ["America/Cordoba"] = "America/Argentina/Cordoba",
        ["America/Indianapolis"] = "America/Indiana/Indianapolis",
        ["America/Jujuy"] = "America/Argentina/Jujuy",
        ["America/Knox_IN"] = "America/Indiana/Knox",
        ["America/Louisville"] = "America/Kentucky/Louisville",
        ["America/Mendoza"] = "America/Argentina/Mendoza",
        ["America/Virgin"] = "America/St_Thomas",
        ["Pacific/Samoa"] = "Pacific/Pago_Pago",

        // Other names of the same location.
        ["Africa/Asmera"] = "Africa/Asmara",
        ["America/Godthab"] = "America/Nuuk",
        ["Asia/Ashkhabad"] = "Asia/Ashgabat",
        ["Asia/Calcutta"] = "Asia/Kolkata",
        ["Asia/Dacca"] = "Asia/Dhaka",
        ["Asia/Istanbul"] = "Europe/Istanbul",
        ["Asia/Katmandu"] = "Asia/Kathmandu",
        ["Asia/Macao"] = "Asia/Macau",
        ["Asia/Rangoon"] = "Asia/Yangon",
        ["Asia/Saigon"] = "Asia/Ho_Chi_Minh",
        ["Asia/Thimbu"] = "Asia/Thimphu",
        ["Asia/Ujung_Pandang"] = "Asia/Makassar",
        ["Asia/Ulan_Bator"] = "Asia/Ulaanbaatar",
        ["Atlantic/Faeroe"] = "Atlantic/Faroe",
        ["Europe/Kiev"] = "Europe/Kyiv",
        ["Europe/Nicosia"] = "Asia/Nicosia",
        ["Pacific/Ponape"] = "Pacific/Pohnpei",
        ["Pacific/Truk"] = "Pacific/Chuuk",
    };

    /// <summary>The current name by each old name.</summary>
    public static IReadOnlyDictionary<string, string> All => Current;

    /// <summary>Returns the names of a zone: the current name first, then the old ones.</summary>
    public static IEnumerable<string> NamesOf(string timeZoneId)
    {
        var current = Canonical(timeZoneId);
        return Current.Where(renamed => renamed.Value == current).Select(renamed => renamed.Key).Order(StringComparer.Ordinal)
            .Prepend(current);
    }

    /// <summary>Returns the current name of a zone: the same name unless the zone was renamed.</summary>
    public static string Canonical(string timeZoneId) => Current.GetValueOrDefault(timeZoneId, timeZoneId);
}
