using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Settlements.Cli;

/// <summary>Creates options that several commands share, with validation and error messages.</summary>
internal static class CommandOptions
{
    public static Option<DateOnly> Date(string name, string description, bool required = true) => new(name)
    {
        Description = description,
        HelpName = "yyyy-MM-dd",
        Required = required,
        CustomParser = ParseDate,
    };

    public static Option<CalendarPeriod> Period(bool required = true) => new("--period")
    {
        Description = "The day, or the week (from Monday) or month that contains it.",
        HelpName = "day|week|month",
        Required = required,
        CustomParser = ParsePeriod,
    };

    public static Option<string> Text(string name, string description, string helpName, bool required = true) => new(name)
    {
        Description = description,
        HelpName = helpName,
        Required = required,
        Validators = { RefuseEmpty },
    };

    public static Option<int> Count(string name, string description, int value, int min, int max) => new(name)
    {
        Description = description,
        HelpName = "N",
        DefaultValueFactory = _ => value,
        CustomParser = result => ParseCount(result, name, min, max),
    };

    public static DateRange Range(ParseResult parsed, Option<DateOnly> from, Option<DateOnly> to)
    {
        var (first, last) = (parsed.GetValue(from), parsed.GetValue(to));
        return first <= last
            ? new DateRange(first, last)
            : throw new UsageException(
                $"{from.Name} {first:yyyy-MM-dd} is after {to.Name} {last:yyyy-MM-dd}. Both days are included; swap them.");
    }

    private static DateOnly ParseDate(ArgumentResult result)
    {
        var text = result.Tokens[0].Value;
        if (!DateOnly.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
            return Fail<DateOnly>(result, $"'{text}' is not a date. Write it as yyyy-MM-dd, for example 2017-10-22.");
        return date < BusinessCalendar.FirstDay || date > BusinessCalendar.LastDay
            ? Fail<DateOnly>(result,
                $"{text} is out of range: use {BusinessCalendar.FirstDay:yyyy-MM-dd} to {BusinessCalendar.LastDay:yyyy-MM-dd}.")
            : date;
    }

    private static CalendarPeriod ParsePeriod(ArgumentResult result) => result.Tokens[0].Value switch
    {
        "day" => CalendarPeriod.Day,
        "week" => CalendarPeriod.Week,
        "month" => CalendarPeriod.Month,
        var text => Fail<CalendarPeriod>(result, $"'{text}' is not a period. Use day, week or month."),
    };

    private static int ParseCount(ArgumentResult result, string name, int min, int max)
    {
        var text = result.Tokens[0].Value;
        return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var count) && count >= min
            && count <= max
            ? count
            : Fail<int>(result, $"{name} '{text}' is not a whole number from {min} to {max}.");
    }

    private static void RefuseEmpty(OptionResult result)
    {
        if (result.Tokens.Any(t => t.Value.Length == 0))
            result.AddError($"{result.Option.Name} is empty.");
    }

    private static T Fail<T>(ArgumentResult result, string message)
    {
        result.AddError(message);
        return default!;
    }
}
