namespace Settlements.PackageConsumer;

/// <summary>The packages, or the READMEs, don't do what is expected of them; the message is printed.</summary>
internal sealed class CheckFailedException(params string[] lines) : Exception(string.Join('\n', lines))
{
    public static void ThrowUnless(bool holds, params string[] lines)
    {
        if (!holds)
            throw new CheckFailedException(lines);
    }
}
