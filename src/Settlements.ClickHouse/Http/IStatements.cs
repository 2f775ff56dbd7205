namespace Settlements.ClickHouse;

/// <summary>Executes statements of ClickHouse that read.</summary>
internal interface IStatements
{
    /// <summary>Gets the address for errors and identities, without secrets.</summary>
    string Server { get; }

    /// <summary>Executes a statement in the format RowBinary.</summary>
    /// <param name="sql">The statement, without FORMAT.</param>
    /// <param name="rows">Reads the rows.</param>
    /// <param name="cancellationToken">Cancels the call.</param>
    /// <exception cref="ClickHouseException">The statement failed.</exception>
    Task ReadAsync(string sql, IRowReader rows, CancellationToken cancellationToken);
}

/// <summary>Reads rows in the format RowBinary.</summary>
internal interface IRowReader
{
    /// <summary>Reads one row.</summary>
    /// <param name="row">The bytes, from the start of a row.</param>
    /// <returns><see langword="false"/> when the row is incomplete (<see cref="RowCursor.IsIncomplete"/>).</returns>
    bool TryRead(ref RowCursor row);
}
