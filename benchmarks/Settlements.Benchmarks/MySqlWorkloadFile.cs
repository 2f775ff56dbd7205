using System.Buffers.Binary;
using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace Settlements.Benchmarks;

/// <summary>Writes a workload to a file: as CSV for the library's loader, or as text for LOAD DATA.</summary>
internal static class MySqlWorkloadFile
{
    private const int RowBytesMax = 256;

    public static void WriteCsv(string path, MySqlWorkload workload)
    {
        using var file = new RowFile(path);
        file.Text("event_id,occurred_at,meter,item_id,payee_id,quantity\n"u8);
        for (var i = 0; i < workload.Events; i++)
        {
            var row = workload[i];
            file.Id(MySqlWorkload.Id(row));
            file.Text(","u8);
            file.Instant(row.UnixMicroseconds, (byte)'T');
            file.Text("Z,video.view,video-"u8);
            file.Number(row.Item, 7);
            file.Text(",channel-"u8);
            file.Number(row.Item % workload.Payees, 6);
            file.Text(",1\n"u8);
            file.EndRow();
        }
    }

    /// <summary>
    /// Writes the table's columns in order, ids as 16 bytes: the format of SELECT … INTO OUTFILE, which is the fastest to load.
    /// </summary>
    public static void WriteTsv(string path, MySqlWorkload workload)
    {
        using var file = new RowFile(path);
        Span<byte> id = stackalloc byte[16];
        for (var i = 0; i < workload.Events; i++)
        {
            var row = workload[i];
            file.Instant(row.UnixMicroseconds, (byte)' ');
            file.Text("\t"u8);
            BinaryPrimitives.WriteUInt64BigEndian(id, row.IdHigh);
            BinaryPrimitives.WriteUInt64BigEndian(id[8..], row.IdLow);
            file.Escaped(id);
            file.Text("\tvideo.view\tvideo-"u8);
            file.Number(row.Item, 7);
            file.Text("\tchannel-"u8);
            file.Number(row.Item % workload.Payees, 6);
            file.Text("\t1\n"u8);
            file.EndRow();
        }
    }

    private sealed class RowFile(string path) : IDisposable
    {
        private const long MicrosecondsPerDay = 86_400_000_000;

        private readonly FileStream _file = new(path, FileMode.Create, FileAccess.Write, FileShare.Read, bufferSize: 0);
        private readonly byte[] _bytes = new byte[1 << 20];
        private readonly byte[] _date = new byte[10];
        private long _day = -1;
        private int _length;

        public void Dispose()
        {
            _file.Write(_bytes, 0, _length);

            // Flushed to disk before a measurement starts; otherwise it would be flushed during the measurement.
            _file.Flush(flushToDisk: true);
            _file.Dispose();
        }

        public void EndRow()
        {
            if (_length < _bytes.Length - RowBytesMax)
                return;
            _file.Write(_bytes, 0, _length);
            _length = 0;
        }

        public void Text(ReadOnlySpan<byte> text)
        {
            text.CopyTo(_bytes.AsSpan(_length));
            _length += text.Length;
        }

        public void Id(Guid id)
        {
            Utf8Formatter.TryFormat(id, _bytes.AsSpan(_length), out var written);
            _length += written;
        }

        public void Number(long value, int digits)
        {
            for (var i = digits - 1; i >= 0; i--)
            {
                _bytes[_length + i] = (byte)('0' + value % 10);
                value /= 10;
            }

            _length += digits;
        }

        public void Instant(long unixMicroseconds, byte separator)
        {
            var (day, rest) = Math.DivRem(unixMicroseconds, MicrosecondsPerDay);
            if (day != _day)
            {
                var date = DateOnly.FromDateTime(DateTime.UnixEpoch).AddDays((int)day);
                Encoding.ASCII.GetBytes(date.ToString("O", CultureInfo.InvariantCulture), _date);
                _day = day;
            }

            Text(_date);
            _bytes[_length++] = separator;
            Number(rest / 3_600_000_000, 2);
            _bytes[_length++] = (byte)':';
            Number(rest / 60_000_000 % 60, 2);
            _bytes[_length++] = (byte)':';
            Number(rest / 1_000_000 % 60, 2);
            _bytes[_length++] = (byte)'.';
            Number(rest % 1_000_000, 6);
        }

        /// <summary>Writes a text with the default escapes of LOAD DATA.</summary>
        public void Escaped(ReadOnlySpan<byte> value)
        {
            foreach (var b in value)
            {
                var letter = b switch { 0 => (byte)'0', (byte)'\t' => (byte)'t', (byte)'\n' => (byte)'n', (byte)'\\' => b, _ => default };
                if (letter != default)
                    _bytes[_length++] = (byte)'\\';
                _bytes[_length++] = letter == default ? b : letter;
            }
        }
    }
}
