using MySqlConnector;

namespace Settlements.MySql;

/// <summary>
/// Translates the server's errors about a query of an application's table into errors of the source's definition, mostly its filter.
/// </summary>
internal static class SourceErrors
{
    public static async Task<T> ReadAsync<T>(UsageTable source, Func<Task<T>> read)
    {
        try
        {
            return await read().ConfigureAwait(false);
        }
        catch (MySqlException e) when (IsAboutTheStatement(e))
        {
            throw new UsageSourceException(
                $"Source '{source.Name}' can't be read from table {source.Table}: "
                    + $"{e.Message.TrimEnd('.')}. " + (source.Filter is null
                        ? "The server doesn't accept the statement, or the table was changed meanwhile."
                        : "Check the source's condition: Where(…)."));
        }
    }

    private static bool IsAboutTheStatement(MySqlException e) => e.ErrorCode
        is MySqlErrorCode.ParseError or MySqlErrorCode.BadFieldError or MySqlErrorCode.NonUnique or MySqlErrorCode.NoSuchTable
        or MySqlErrorCode.InvalidGroupFunctionUse or MySqlErrorCode.StoredProcedureDoesNotExist;
}
