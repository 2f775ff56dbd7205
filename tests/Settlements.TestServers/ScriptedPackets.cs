using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Settlements.TestServers;

/// <summary>
/// Encodes the packets of a response, for clients without the capabilities of deprecated EOF packets and of session tracking, which the
/// server doesn't announce. From "Client/Server Protocol" of MySQL's source documentation.
/// </summary>
internal sealed class ScriptedPackets(byte firstNumber)
{
    public const byte Quit = 0x01;
    public const byte InitDatabase = 0x02;
    public const byte Query = 0x03;
    public const byte Ping = 0x0E;
    public const byte ResetConnection = 0x1F;

    /// <summary>
    /// Long password and flag, found rows, connect with database, protocol 4.1, transactions, secure connection; several statements and
    /// results; authentication plugins, connection attributes.
    /// </summary>
    private const int Capabilities =
        0x0001 | 0x0002 | 0x0004 | 0x0008 | 0x0200 | 0x2000 | 0x8000 | 0x1_0000 | 0x2_0000 | 0x8_0000 | 0x10_0000;

    private const byte Utf8Mb4 = 45;
    private const short Autocommit = 0x0002;
    private const short MoreResults = 0x0008;
    private const byte Null = 0xFB;

    /// <summary>20 bytes other than 0, then a 0. Passwords aren't checked, so the bytes need not be random.</summary>
    private static readonly byte[] Salt = [.. Encoding.ASCII.GetBytes("salt-of-20-bytes----"), 0];

    private readonly List<byte> _packet = [];
    private byte _next = firstNumber;

    public byte[] Greeting(int connection, string version)
    {
        _packet.Add(10);
        WriteTerminated(version);
        WriteInt32(connection);
        _packet.AddRange(Salt.AsSpan(0, 8));
        _packet.Add(0);
        WriteInt16(unchecked((short)Capabilities));
        _packet.Add(Utf8Mb4);
        WriteInt16(Autocommit);
        WriteInt16(Capabilities >> 16);
        _packet.Add((byte)Salt.Length);
        _packet.AddRange(new byte[10]);
        _packet.AddRange(Salt.AsSpan(8));
        WriteTerminated("mysql_native_password");
        return End();
    }

    public byte[] Answer(ScriptedAnswer answer, bool isMoreToCome) => answer switch
    {
        ScriptedAnswer.Done done => Ok(done.Affected, isMoreToCome),
        ScriptedAnswer.Fault fault => Error(fault),
        ScriptedAnswer.RowSet rows => Rows(rows, isMoreToCome),
        _ => throw new ArgumentOutOfRangeException(nameof(answer)),
    };

    public byte[] Ok(long affected, bool isMoreToCome)
    {
        _packet.Add(0);
        WriteLength(affected);
        WriteLength(0);
        WriteInt16(Status(isMoreToCome));
        WriteInt16(0);
        return End();
    }

    private byte[] Error(ScriptedAnswer.Fault fault)
    {
        _packet.Add(0xFF);
        WriteInt16((short)fault.Number);
        _packet.AddRange(Encoding.UTF8.GetBytes($"#{fault.SqlState}{fault.Message}"));
        return End();
    }

    private byte[] Rows(ScriptedAnswer.RowSet rows, bool isMoreToCome)
    {
        WriteLength(rows.Columns.Length);
        var packets = new List<byte>(End());
        for (var i = 0; i < rows.Columns.Length; i++)
            packets.AddRange(Column(rows.Columns[i], [.. rows.Values.Select(row => row[i])]));
        packets.AddRange(EndOfFile(isMoreToCome: false));
        foreach (var row in rows.Values)
        {
            foreach (var value in row)
            {
                if (value is null)
                    _packet.Add(Null);
                else
                    WriteText(value is bool flag ? flag ? "1" : "0" : Convert.ToString(value, CultureInfo.InvariantCulture)!);
            }

            packets.AddRange(End());
        }

        packets.AddRange(EndOfFile(isMoreToCome));
        return [.. packets];
    }

    private byte[] Column(string name, object?[] values)
    {
        var types = values.Where(v => v is not null).Select(v => v!.GetType()).Distinct().ToList();
        byte type = types is not [var only] ? (byte)0xFD
            : only == typeof(int) || only == typeof(long) || only == typeof(bool) ? (byte)0x08
            : only == typeof(double) ? (byte)0x05
            : only == typeof(decimal) ? (byte)0xF6 : (byte)0xFD;
        foreach (var text in (string[])["def", "", "", "", name, name])
            WriteText(text);
        WriteLength(0x0C);
        WriteInt16(Utf8Mb4);
        WriteInt32(1024);
        _packet.Add(type);
        WriteInt16(0);
        _packet.Add(type == 0x05 ? (byte)31 : (byte)0);
        WriteInt16(0);
        return End();
    }

    private byte[] EndOfFile(bool isMoreToCome)
    {
        _packet.Add(0xFE);
        WriteInt16(0);
        WriteInt16(Status(isMoreToCome));
        return End();
    }

    private static short Status(bool isMoreToCome) => isMoreToCome ? (short)(Autocommit | MoreResults) : Autocommit;

    private byte[] End()
    {
        var packet = new byte[4 + _packet.Count];
        BinaryPrimitives.WriteInt32LittleEndian(packet, _packet.Count);
        packet[3] = _next++;
        _packet.CopyTo(packet, 4);
        _packet.Clear();
        return packet;
    }

    private void WriteText(string text)
    {
        var bytes = Encoding.UTF8.GetBytes(text);
        WriteLength(bytes.Length);
        _packet.AddRange(bytes);
    }

    private void WriteTerminated(string text)
    {
        _packet.AddRange(Encoding.UTF8.GetBytes(text));
        _packet.Add(0);
    }

    /// <summary>Encodes a number in 1, 3 or 9 bytes.</summary>
    private void WriteLength(long value)
    {
        Span<byte> bytes = stackalloc byte[9];
        BinaryPrimitives.WriteInt64LittleEndian(bytes[1..], value);
        bytes[0] = value <= ushort.MaxValue ? (byte)0xFC : (byte)0xFE;
        _packet.AddRange(value < 0xFB ? bytes[1..2] : value <= ushort.MaxValue ? bytes[..3] : bytes);
    }

    private void WriteInt16(short value)
    {
        Span<byte> bytes = stackalloc byte[2];
        BinaryPrimitives.WriteInt16LittleEndian(bytes, value);
        _packet.AddRange(bytes);
    }

    private void WriteInt32(int value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, value);
        _packet.AddRange(bytes);
    }
}
