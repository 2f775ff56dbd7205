using System.Globalization;
using System.Threading.Channels;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.Options;
using MimeKit;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Languages;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Mail;

/// <summary>
/// Mails to accounts: the links to reset a password and to verify an address. Requests are queued, and the account is looked up after the
/// response, so that neither the response nor its duration reveals whether an account exists. Queued requests of an instance that
/// is killed are lost: the user requests another mail. Thread-safe.
/// </summary>
internal sealed partial class AccountMails(
    IOptions<MailOptions> options, IMailDelivery delivery, MailTokenTable tokens, UserTable users, JsonStringLocalizer texts,
    IServer server, ILogger<AccountMails> logger) : BackgroundService
{
    public const string ResetPath = "/reset";
    public const string VerifyPath = "/verify";

    private const int QueueMax = 1_000;

    private readonly Channel<MailRequest> _queue = Channel.CreateBounded<MailRequest>(
        new BoundedChannelOptions(QueueMax) { SingleReader = true });

    public bool IsEnabled => options.Value.IsEnabled;

    /// <summary>The folder of the mails; null if they are sent.</summary>
    public string? Folder => options.Value.Folder.Length > 0 ? Path.GetFullPath(options.Value.Folder) : null;

    /// <summary>Requests a link to reset the password of the account with a normalised address, if there is one.</summary>
    /// <exception cref="PlatformException">There is no mail, or the queue is full.</exception>
    public void RequestReset(string normalizedEmail, string language) =>
        Request(new MailRequest(MailPurpose.ResetPassword, normalizedEmail, UserId: null, language));

    /// <summary>Requests a link to verify the address of an account.</summary>
    /// <exception cref="PlatformException">There is no mail, or the queue is full.</exception>
    public void RequestVerification(string userId, string language) =>
        Request(new MailRequest(MailPurpose.VerifyAddress, NormalizedEmail: null, userId, language));

    /// <summary>As <see cref="RequestVerification"/> for a new address; does nothing without mail or with a full queue.</summary>
    public void OfferVerification(string userId, string language) =>
        _ = IsEnabled && _queue.Writer.TryWrite(new MailRequest(MailPurpose.VerifyAddress, NormalizedEmail: null, userId, language));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        // The requests in the queue are still handled, within the time for the shutdown.
        _queue.Writer.TryComplete();
        if (ExecuteTask is { } handling)
            await Task.WhenAny(handling, Task.Delay(Timeout.Infinite, cancellationToken));
        await base.StopAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var request in _queue.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await HandleAsync(request, stoppingToken);
            }
            catch (Exception e) when (e is not OperationCanceledException || !stoppingToken.IsCancellationRequested)
            {
                LogFailed(e, request.Purpose);
            }
        }
    }

    private void Request(MailRequest request)
    {
        if (!IsEnabled)
            throw PlatformException.Conflict("There is no mail", "This platform sends no mail: its section Mail is empty. Ask an admin.");
        if (!_queue.Writer.TryWrite(request))
        {
            throw new PlatformException(
                StatusCodes.Status503ServiceUnavailable, "Too many mails", "Too many mails wait to be sent. Try again in a few minutes.");
        }
    }

    private async Task HandleAsync(MailRequest request, CancellationToken cancellationToken)
    {
        var user = request.UserId is { } id
            ? await users.FindAsync(id, cancellationToken)
            : await users.FindByEmailAsync(request.NormalizedEmail!, cancellationToken);
        if (user is not { Email: { } email, NormalizedEmail: { } normalized })
            return;
        if (request.Purpose == MailPurpose.VerifyAddress && user.EmailVerifiedAt is not null)
            return;

        // An account without a password logs in with an external provider, or is a demo account outside the development environment.
        var isReset = request.Purpose == MailPurpose.ResetPassword;
        if (isReset && user.PasswordHash is null)
            return;
        var life = isReset ? options.Value.ResetLife : options.Value.VerificationLife;
        var token = await tokens.TryAddAsync(
            user.UserId, normalized, request.Purpose, life, options.Value.PerAccountPerHour, cancellationToken);
        if (token is null)
            return;
        var link = $"{PublicUrl()}{(isReset ? ResetPath : VerifyPath)}?token={token}";
        await delivery.DeliverAsync(
            Compose(email, isReset ? "mail.reset" : "mail.verify", request.Language, link, life), cancellationToken);
    }

    private MimeMessage Compose(string email, string key, string language, string link, TimeSpan life)
    {
        var words = texts.Of(language);
        var message = new MimeMessage();
        message.From.Add(MailboxAddress.Parse(options.Value.From));

        // Without the display name: anybody can sign up with the address of somebody else, and would send a text of their choice.
        message.To.Add(new MailboxAddress("", email));
        message.Subject = words[$"{key}.subject"];

        // No automatic replies (RFC 3834).
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        message.Headers.Add(HeaderId.ContentLanguage, language);
        var hours = life.TotalHours.ToString("0.#", CultureInfo.InvariantCulture);
        message.Body = new TextPart("plain") { Text = string.Format(CultureInfo.InvariantCulture, words[$"{key}.text"], link, hours) };
        return message;
    }

    /// <summary>Returns the address of this platform for links, without a slash at its end.</summary>
    private string PublicUrl()
    {
        if (options.Value.PublicUrl.Length > 0)
            return options.Value.PublicUrl.TrimEnd('/');
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? HostArguments.DefaultUrl;
        foreach (var any in (string[])["//[::]", "//0.0.0.0", "//+", "//*"])
            address = address.Replace(any, "//localhost", StringComparison.Ordinal);
        return address.TrimEnd('/');
    }

    [LoggerMessage(EventId = 303, Level = LogLevel.Error,
        Message = "A mail could not be sent ({Purpose}). The user has to request another one.")]
    private partial void LogFailed(Exception exception, MailPurpose purpose);

    private sealed record MailRequest(MailPurpose Purpose, string? NormalizedEmail, string? UserId, string Language);
}
