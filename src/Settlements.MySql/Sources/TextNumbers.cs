using System.IO.Hashing;
using System.Security.Cryptography;

namespace Settlements.MySql;

/// <summary>Assigns numbers to distinct texts in order of appearance. Finding a known text allocates nothing.</summary>
internal sealed class TextNumbers
{
    private readonly long _seed = BitConverter.ToInt64(RandomNumberGenerator.GetBytes(8));
    private int[] _buckets = new int[1024];
    private Entry[] _entries = new Entry[512];
    private byte[] _bytes = new byte[16 * 1024];
    private int _count;
    private int _used;
    private ulong _hash;

    /// <summary>Looks up a text; if it is unknown, <see cref="Add"/> may be called next with the same text.</summary>
    public bool TryFind(ReadOnlySpan<byte> text, out int number)
    {
        _hash = XxHash3.HashToUInt64(text, _seed);
        for (number = _buckets[Bucket(_hash)] - 1; number >= 0; number = _entries[number].Next)
        {
            if (_entries[number].Hash == _hash && Text(number).SequenceEqual(text))
                return true;
        }

        return false;
    }

    public int Add(ReadOnlySpan<byte> text)
    {
        if (_count == _entries.Length)
            Grow();
        if (_used + text.Length > _bytes.Length)
            Array.Resize(ref _bytes, checked(_bytes.Length * 2));
        text.CopyTo(_bytes.AsSpan(_used));
        ref var bucket = ref _buckets[Bucket(_hash)];
        _entries[_count] = new Entry { Hash = _hash, Next = bucket - 1, Offset = _used, Length = text.Length };
        _used += text.Length;
        bucket = ++_count;
        return _count - 1;
    }

    public ReadOnlySpan<byte> Text(int number) => _bytes.AsSpan(_entries[number].Offset, _entries[number].Length);

    private int Bucket(ulong hash) => (int)(hash & (uint)(_buckets.Length - 1));

    private void Grow()
    {
        Array.Resize(ref _entries, _entries.Length * 2);
        _buckets = new int[_entries.Length * 2];
        for (var i = 0; i < _count; i++)
        {
            ref var bucket = ref _buckets[Bucket(_entries[i].Hash)];
            _entries[i].Next = bucket - 1;
            bucket = i + 1;
        }
    }

    private struct Entry
    {
        public ulong Hash;
        public int Next;
        public int Offset;
        public int Length;
    }
}
