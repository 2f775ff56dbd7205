using System.Text.RegularExpressions;
using MimeKit;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>A temporary folder into which a host writes its mails.</summary>
internal sealed partial class MailFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("settlement-mail-").FullName;

    public (string Key, string Value) Setting => ("Mail:Folder", Path);

    /// <summary>Waits until there is a number of mails, and returns all, in the order in which they were written.</summary>
    public async Task<IReadOnlyList<MimeMessage>> WaitAsync(int count)
    {
        while (Directory.GetFiles(Path, "*.eml").Length < count)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TestContext.Current.CancellationToken);
        return [.. Directory.GetFiles(Path, "*.eml").OrderBy(File.GetLastWriteTimeUtc).Select(file => MimeMessage.Load(file))];
    }

    /// <summary>Returns the link of a mail.</summary>
    public static Uri Link(MimeMessage mail) => new(LinkText().Match(mail.TextBody ?? "").Value);

    public static string Token(MimeMessage mail) => Link(mail).Query["?token=".Length..];

    public void Dispose() => Directory.Delete(Path, recursive: true);

    [GeneratedRegex(@"https?://\S+")]
    private static partial Regex LinkText();
}
