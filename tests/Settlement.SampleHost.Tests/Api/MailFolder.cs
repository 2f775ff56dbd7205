using System.Text.RegularExpressions;
using MimeKit;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>A temporary folder into which a host writes its mails.</summary>
internal sealed partial class MailFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("settlement-mail-").FullName;

    public (string Key, string Value) Setting => ("Mail:Folder", Path);

    /// <summary>Waits until there is a number of mails, and returns all, in the order in which they were created.</summary>
    public async Task<IReadOnlyList<MimeMessage>> WaitAsync(int count)
    {
        await Waiting.UntilAsync(() => Task.FromResult(Directory.GetFiles(Path, "*.eml").Length >= count));
        return [.. Directory.GetFiles(Path, "*.eml").Select(file => MimeMessage.Load(file)).OrderBy(Ticks)];
    }

    /// <summary>Returns the link of a mail.</summary>
    public static Uri Link(MimeMessage mail) => new(LinkText().Match(mail.TextBody ?? "").Value);

    public static string Token(MimeMessage mail) => Link(mail).Query["?token=".Length..];

    /// <summary>
    /// Returns the instant of a Message-ID, in 100 ns: MimeKit begins the id with it, in base 36, the lowest digit first. The write times
    /// of files are less exact, and the names of files are of the fake clock.
    /// </summary>
    private static long Ticks(MimeMessage mail) =>
        mail.MessageId!.Split('.')[0].Reverse().Aggregate(
            0L, (ticks, digit) => ticks * 36 + "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ".IndexOf(digit, StringComparison.Ordinal));

    public void Dispose() => Directory.Delete(Path, recursive: true);

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex LinkText();
}
