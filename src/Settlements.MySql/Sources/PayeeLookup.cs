using System.Globalization;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The SQL that looks up the payee of a row's item as of a usage date.</summary>
internal static class PayeeLookup
{
    public static SourceColumn Of(UsageTable source, PayeeHistory history, SourceCatalogue catalogue, DateOnly day, DateTimeOffset end)
    {
        var item = catalogue.Find(source.ItemColumn)!;
        var key = catalogue.FindOfHistory(history.ItemColumn)!;
        var from = catalogue.FindOfHistory(history.FromColumn)!;
        var payee = catalogue.FindOfHistory(history.PayeeColumn)!;
        var alias = Sql.Name(source.PayeeHistoryAlias);
        var (ownKey, ownFrom) = ($"{alias}.{Sql.Name(key.Name)}", $"{alias}.{Sql.Name(from.Name)}");

        var isValid = from.DataType.Equals("date", StringComparison.OrdinalIgnoreCase)
            ? string.Create(CultureInfo.InvariantCulture, $"{ownFrom} <= '{day:yyyy-MM-dd}'")
            : history.FromFormat == InstantFormat.Text
                ? string.Create(CultureInfo.InvariantCulture, $"{ownFrom} < '{end.UtcDateTime:yyyy-MM-dd HH:mm:ss.ffffff}'")
                : string.Create(CultureInfo.InvariantCulture, $"{ownFrom} < {InstantNumbers.From(history.FromFormat, end)}");

        // MariaDB caches the results of a lookup by the item's collation, by which 'a' may equal 'A' and equals 'a ', so that an item has
        // the payee of another. It caches none whose result isn't deterministic.
        var isUncached = item.Kind == SourceColumnKind.Text ? " AND rand() < 2" : "";
        return payee.As(
            $"(SELECT {alias}.{Sql.Name(payee.Name)} FROM {Sql.Table(history.Table)} {alias} WHERE {SameId.Of(key, ownKey, item)} "
            + $"AND {isValid}{isUncached} ORDER BY {ownFrom} DESC LIMIT 1)",
            isNullable: true);
    }
}
