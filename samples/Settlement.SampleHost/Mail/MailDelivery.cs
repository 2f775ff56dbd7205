using System.Globalization;
using MailKit.Net.Smtp;
using MailKit.Security;
using Microsoft.Extensions.Options;
using MimeKit;

namespace Settlement.SampleHost.Mail;

/// <summary>Delivers a message. Thread-safe.</summary>
internal interface IMailDelivery
{
    Task DeliverAsync(MimeMessage message, CancellationToken cancellationToken);
}

/// <summary>Writes messages as .eml files, which mail programs open: for development. Links in them are secrets.</summary>
internal sealed class FolderDelivery(IOptions<MailOptions> options, TimeProvider clock) : IMailDelivery
{
    public async Task DeliverAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        var folder = Directory.CreateDirectory(Path.GetFullPath(options.Value.Folder)).FullName;
        var name = string.Create(
            CultureInfo.InvariantCulture, $"{clock.GetUtcNow():yyyyMMdd'T'HHmmss.fff}-{Guid.NewGuid().ToString("N")[..8]}");
        var open = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
            open.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

        // Complete when it gets its name: a reader of the folder finds no partial file.
        var partial = Path.Combine(folder, $"{name}.partial");
        await using (var file = new FileStream(partial, open))
            await message.WriteToAsync(file, cancellationToken);
        File.Move(partial, Path.Combine(folder, $"{name}.eml"));
    }
}

/// <summary>Sends messages to a mail server, each over its own connection.</summary>
internal sealed class SmtpDelivery(IOptions<MailOptions> options) : IMailDelivery
{
    public async Task DeliverAsync(MimeMessage message, CancellationToken cancellationToken)
    {
        var smtp = options.Value.Smtp;
        using var client = new SmtpClient { Timeout = (int)smtp.Timeout.TotalMilliseconds };
        var security = smtp.Security switch
        {
            SmtpSecurity.Tls => SecureSocketOptions.SslOnConnect,
            SmtpSecurity.None => SecureSocketOptions.None,
            _ => SecureSocketOptions.StartTls,
        };
        await client.ConnectAsync(smtp.Host, smtp.Port, security, cancellationToken);
        if (smtp.User.Length > 0)
            await client.AuthenticateAsync(smtp.User, smtp.Password, cancellationToken);
        await client.SendAsync(message, cancellationToken);
        await client.DisconnectAsync(quit: true, cancellationToken);
    }
}
