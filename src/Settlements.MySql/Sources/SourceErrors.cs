using MySqlConnector;

namespace Settlements.MySql;

/// <summary>What the server says of a statement over a host's table is about what the source says of it: its filter, mostly.</summary>
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
                $"Source '{source.Name}' can't be read from table {source.Table}: {e.Message.TrimEnd('.')}. Check the condition that the source gives: Where(…).");
        }
    }

    private static bool IsAboutTheStatement(MySqlException e) => e.ErrorCode
        is MySqlErrorCode.ParseError or MySqlErrorCode.BadFieldError or MySqlErrorCode.NonUnique or MySqlErrorCode.NoSuchTable
        or MySqlErrorCode.InvalidGroupFunctionUse or MySqlErrorCode.StoredProcedureDoesNotExist;
}
