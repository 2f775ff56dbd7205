using System.Buffers.Binary;
using System.Collections;
using System.Data.Common;

namespace Settlements.Benchmarks;

/// <summary>A data reader of a workload for MySqlBulkCopy, in the order of the table's columns.</summary>
internal sealed class MySqlWorkloadReader(MySqlWorkload workload) : DbDataReader
{
    private static readonly string[] Columns = ["occurred_at", "event_id", "meter", "item_id", "payee_id", "quantity"];
    private static readonly Type[] Types = [typeof(DateTime), typeof(byte[]), typeof(string), typeof(string), typeof(string), typeof(long)];
    private static readonly object One = 1L;

    private readonly (string[] Items, string[] Payees) _names = workload.Names();
    private readonly byte[] _id = new byte[16];
    private int _index = -1;
    private WorkloadEvent _row;

    public override int FieldCount => Columns.Length;

    public override bool HasRows => workload.Events > 0;

    public override bool IsClosed => false;

    public override int RecordsAffected => -1;

    public override int Depth => 0;

    public override object this[int ordinal] => GetValue(ordinal);

    public override object this[string name] => GetValue(GetOrdinal(name));

    public override bool Read()
    {
        if (++_index >= workload.Events)
            return false;
        _row = workload[_index];
        BinaryPrimitives.WriteUInt64BigEndian(_id, _row.IdHigh);
        BinaryPrimitives.WriteUInt64BigEndian(_id.AsSpan(8), _row.IdLow);
        return true;
    }

    public override object GetValue(int ordinal) => ordinal switch
    {
        0 => GetDateTime(0),
        1 => _id,
        2 => MySqlWorkload.Meter,
        3 => _names.Items[_row.Item],
        4 => _names.Payees[_row.Item % _names.Payees.Length],
        5 => One,
        _ => throw new ArgumentOutOfRangeException(nameof(ordinal)),
    };

    public override int GetValues(object[] values)
    {
        for (var i = 0; i < Columns.Length; i++)
            values[i] = GetValue(i);
        return Columns.Length;
    }

    public override DateTime GetDateTime(int ordinal) => DateTime.UnixEpoch.AddMicroseconds(_row.UnixMicroseconds);

    public override string GetString(int ordinal) => (string)GetValue(ordinal);

    public override long GetInt64(int ordinal) => 1;

    public override bool IsDBNull(int ordinal) => false;

    public override string GetName(int ordinal) => Columns[ordinal];

    public override int GetOrdinal(string name) => Array.IndexOf(Columns, name);

    public override Type GetFieldType(int ordinal) => Types[ordinal];

    public override string GetDataTypeName(int ordinal) => Types[ordinal].Name;

    public override bool NextResult() => false;

    public override IEnumerator GetEnumerator() => new DbEnumerator(this);

    public override bool GetBoolean(int ordinal) => throw new NotSupportedException();

    public override byte GetByte(int ordinal) => throw new NotSupportedException();

    public override long GetBytes(int ordinal, long dataOffset, byte[]? buffer, int bufferOffset, int length) =>
        throw new NotSupportedException();

    public override char GetChar(int ordinal) => throw new NotSupportedException();

    public override long GetChars(int ordinal, long dataOffset, char[]? buffer, int bufferOffset, int length) =>
        throw new NotSupportedException();

    public override decimal GetDecimal(int ordinal) => throw new NotSupportedException();

    public override double GetDouble(int ordinal) => throw new NotSupportedException();

    public override float GetFloat(int ordinal) => throw new NotSupportedException();

    public override Guid GetGuid(int ordinal) => throw new NotSupportedException();

    public override short GetInt16(int ordinal) => throw new NotSupportedException();

    public override int GetInt32(int ordinal) => throw new NotSupportedException();
}
