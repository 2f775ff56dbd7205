using Microsoft.Extensions.Options;
using MimeKit;

namespace Settlement.SampleHost.Mail;

/// <summary>How the connection to the mail server is encrypted.</summary>
internal enum SmtpSecurity
{
    /// <summary>The connection begins unencrypted and must be upgraded; port 587.</summary>
    StartTls,

    /// <summary>Encrypted from the beginning; port 465.</summary>
    Tls,

    /// <summary>Not encrypted: for a server on the same machine.</summary>
    None,
}

/// <summary>
/// Options of mail: configuration section <c>Mail</c>. With <see cref="SmtpOptions.Host"/> mail is sent, with <see cref="Folder"/> it is
/// written as files, with neither there is no mail: passwords can't be reset and addresses can't be verified.
/// </summary>
internal sealed class MailOptions
{
    public const string Section = "Mail";

    /// <summary>The sender. Default <c>Settlement &lt;no-reply@localhost&gt;</c>.</summary>
    public string From { get; set; } = "Settlement <no-reply@localhost>";

    /// <summary>
    /// The address of this platform in mails, such as <c>https://videos.example.com</c>. Never taken from a request, whose Host header the
    /// sender chooses. Required for SMTP; with a folder, the first address at which the host listens.
    /// </summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>A folder for .eml files instead of a server, for development; relative to the current folder. Default none.</summary>
    public string Folder { get; set; } = "";

    /// <summary>The mail server.</summary>
    public SmtpOptions Smtp { get; set; } = new();

    /// <summary>The validity of a link to reset the password. Default 1 hour; from 5 minutes to 1 day.</summary>
    public TimeSpan ResetLife { get; set; } = TimeSpan.FromHours(1);

    /// <summary>The validity of a link to verify an address. Default 1 day; from 5 minutes to 30 days.</summary>
    public TimeSpan VerificationLife { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// The maximum number of mails of a kind per account and hour; further requests are ignored. Default 5; from 1 to 100.
    /// </summary>
    public int PerAccountPerHour { get; set; } = 5;

    /// <summary>Whether there is mail.</summary>
    public bool IsEnabled => Smtp.Host.Length > 0 || Folder.Length > 0;
}

/// <summary>The mail server: configuration section <c>Mail:Smtp</c>.</summary>
internal sealed class SmtpOptions
{
    public string Host { get; set; } = "";

    /// <summary>Default 587.</summary>
    public int Port { get; set; } = 587;

    /// <summary>Default <see cref="SmtpSecurity.StartTls"/>.</summary>
    public SmtpSecurity Security { get; set; } = SmtpSecurity.StartTls;

    /// <summary>The user; empty without authentication.</summary>
    public string User { get; set; } = "";

    /// <summary>The password, to be set by the environment variable <c>Mail__Smtp__Password</c>.</summary>
    public string Password { get; set; } = "";

    /// <summary>The limit of each exchange with the server. Default 30 s; from 1 s to 5 minutes.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}

/// <summary>Validates <see cref="MailOptions"/> at start; all errors are reported at once.</summary>
internal sealed class MailOptionsValidator : IValidateOptions<MailOptions>
{
    public ValidateOptionsResult Validate(string? name, MailOptions options)
    {
        var errors = new List<string>();
        if (!MailboxAddress.TryParse(options.From, out _))
            errors.Add($"Mail:From is '{options.From}'. Use an address such as Videos <no-reply@example.com>.");
        if (options is { Folder.Length: > 0, Smtp.Host.Length: > 0 })
            errors.Add("Mail:Folder and Mail:Smtp:Host are both set. Use a folder or a server.");
        if (options is { PublicUrl.Length: 0, Smtp.Host.Length: > 0 })
            errors.Add("Mail:PublicUrl is missing. With Mail:Smtp:Host, set the address of this platform, "
                + "such as https://videos.example.com.");
        if (options.PublicUrl.Length > 0 && !IsPublicUrl(options.PublicUrl))
            errors.Add($"Mail:PublicUrl is '{options.PublicUrl}'. Use http:// or https:// and a host, without a query.");
        if (options.Smtp.Port is < 1 or > 65_535)
            errors.Add($"Mail:Smtp:Port is {options.Smtp.Port}. Use 1 to 65535.");
        if (options.Smtp.Timeout < TimeSpan.FromSeconds(1) || options.Smtp.Timeout > TimeSpan.FromMinutes(5))
            errors.Add("Mail:Smtp:Timeout is out of range; use 1 second to 5 minutes.");
        if (options.ResetLife < TimeSpan.FromMinutes(5) || options.ResetLife > TimeSpan.FromDays(1))
            errors.Add("Mail:ResetLife is out of range; use 5 minutes to 1 day.");
        if (options.VerificationLife < TimeSpan.FromMinutes(5) || options.VerificationLife > TimeSpan.FromDays(30))
            errors.Add("Mail:VerificationLife is out of range; use 5 minutes to 30 days.");
        if (options.PerAccountPerHour is < 1 or > 100)
            errors.Add("Mail:PerAccountPerHour is out of range; use 1 to 100.");
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }

    private static bool IsPublicUrl(string url) => Uri.TryCreate(url, UriKind.Absolute, out var uri)
        && (uri.Scheme == Uri.UriSchemeHttps || uri.Scheme == Uri.UriSchemeHttp) && uri.Query.Length == 0 && uri.Fragment.Length == 0;
}
