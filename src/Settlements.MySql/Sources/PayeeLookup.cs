using System.Globalization;
using Settlements.Stores;

namespace Settlements.MySql;

/// <summary>The SQL that looks up the payee of a row's item as of a usage date.</summary>
internal static class PayeeLookup
{
    /// <summary>The name of the table of payees in the lookup.</summary>
    private const string Alias = "`payee_history`";

    public static SourceColumn Of(UsageTable source, PayeeHistory history, SourceCatalogue catalogue, DateOnly day, DateTimeOffset end)
    {
        var item = catalogue.Find(source.ItemColumn)!;
        var key = catalogue.FindOfHistory(history.ItemColumn)!;
        var from = catalogue.FindOfHistory(history.FromColumn)!;
        var payee = catalogue.FindOfHistory(history.PayeeColumn)!;
        var (ownKey, ownFrom) = ($"{Alias}.{Sql.Name(key.Name)}", $"{Alias}.{Sql.Name(from.Name)}");

        // The index finds the item by its collation; the comparison of bytes decides.
        var isText = item.Kind == SourceColumnKind.Text && key.Kind == SourceColumnKind.Text;
        var sameBytes = isText ? $" AND CAST({ownKey} AS BINARY) = CAST({item.Sql} AS BINARY)" : "";
        var isValid = from.DataType.Equals("date", StringComparison.OrdinalIgnoreCase)
            ? string.Create(CultureInfo.InvariantCulture, $"{ownFrom} <= '{day:yyyy-MM-dd}'")
            : history.FromFormat == InstantFormat.Text
                ? string.Create(CultureInfo.InvariantCulture, $"{ownFrom} < '{end.UtcDateTime:yyyy-MM-dd HH:mm:ss.ffffff}'")
                : string.Create(CultureInfo.InvariantCulture, $"{ownFrom} < {InstantNumbers.From(history.FromFormat, end)}");
        return payee.As(
            $"(SELECT {Alias}.{Sql.Name(payee.Name)} FROM {Sql.Table(history.Table)} {Alias} WHERE {ownKey} = {item.Sql}{sameBytes} "
            + $"AND {isValid} ORDER BY {ownFrom} DESC LIMIT 1)",
            isNullable: true);
    }
}
