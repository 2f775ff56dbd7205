using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Options;
using MimeKit;
using Settlement.SampleHost.Mail;

namespace Settlement.SampleHost.Tests.Api;

/// <summary>The options of mail, mail without a configuration, and sending over SMTP.</summary>
public sealed class MailOptionsTests
{
    [Fact]
    public void All_errors_of_the_options_are_reported_at_once()
    {
        new MailOptionsValidator().Validate(null, new MailOptions()).Succeeded.Should().BeTrue();

        var result = new MailOptionsValidator().Validate(null, new MailOptions
        {
            From = "nobody at all", Folder = "mail", Smtp = new SmtpOptions { Host = "mail.example", Port = 0, Timeout = TimeSpan.Zero },
            ResetLife = TimeSpan.FromDays(2), VerificationLife = TimeSpan.Zero, PerAccountPerHour = 0,
        });

        result.Failures.Should().HaveCount(8).And.ContainMatch("*Mail:PublicUrl is missing*").And.ContainMatch("*both set*");
        new MailOptionsValidator().Validate(null, new MailOptions { PublicUrl = "videos.example.com" }).Failures.Should()
            .ContainSingle().Which.Should().Contain("https://");
    }

    [Fact]
    public async Task Without_mail_a_reset_is_refused_and_requests_are_limited_per_network_address()
    {
        await using var platform = await PlatformUnderTest.StartAsync(settings: ("RateLimits:MailsPerHour", "2"));

        for (var n = 0; n < 2; n++)
        {
            (await platform.Anonymous.PostAsync("/api/users/password-reset", new { email = "ann@example.com" }))
                .ShouldBeProblem(409, "sends no mail");
        }

        (await platform.Anonymous.PostAsync("/api/users/password-reset", new { email = "ann@example.com" })).ShouldBeProblem(429);
        (await platform.Anonymous.GetAsync("/forgot")).Should(200).Text.Should().Contain("sends no mail");
        (await platform.Anonymous.GetAsync("/login")).Text.Should().NotContain("/forgot");
    }

    [Fact]
    public async Task A_message_is_sent_to_the_mail_server()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var received = ReceiveAsync(listener);
        var delivery = new SmtpDelivery(Options.Create(new MailOptions
        {
            Smtp = new SmtpOptions
            {
                Host = "127.0.0.1", Port = ((IPEndPoint)listener.LocalEndpoint).Port, Security = SmtpSecurity.None, User = "videos",
                Password = "secret", Timeout = TimeSpan.FromMinutes(2),
            },
        }));
        var message = new MimeMessage(
            [MailboxAddress.Parse("Videos <no-reply@example.com>")], [new MailboxAddress("앤", "ann@example.com")], "비밀번호 재설정",
            new TextPart("plain") { Text = "https://videos.example.com/reset?token=abc" });

        await delivery.DeliverAsync(message, TestContext.Current.CancellationToken);

        var lines = await received;
        lines.Should().Contain(l => l.StartsWith("AUTH PLAIN ", StringComparison.Ordinal))
            .And.Contain(l => l.StartsWith("MAIL FROM:<no-reply@example.com>", StringComparison.Ordinal))
            .And.Contain("RCPT TO:<ann@example.com>").And.Contain("https://videos.example.com/reset?token=abc").And.Contain("QUIT");
    }

    /// <summary>Plays a mail server for one message and returns the lines of the client.</summary>
    private static async Task<List<string>> ReceiveAsync(TcpListener listener)
    {
        using var client = await listener.AcceptTcpClientAsync(TestContext.Current.CancellationToken);
        await using var stream = client.GetStream();
        using var reader = new StreamReader(stream);
        await using var writer = new StreamWriter(stream) { NewLine = "\r\n", AutoFlush = true };
        var lines = new List<string>();
        var isData = false;
        await writer.WriteLineAsync("220 mail.example");
        while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
        {
            lines.Add(line);
            if (isData && line != ".")
                continue;
            var reply = line.Split(' ')[0] switch
            {
                "EHLO" => "250-mail.example\r\n250 AUTH PLAIN",
                "AUTH" => "235 ok",
                "DATA" => "354 go on",
                "QUIT" => "221 bye",
                _ => "250 ok",
            };
            isData = line == "DATA";
            await writer.WriteLineAsync(reply);
            if (line == "QUIT")
                break;
        }

        return lines;
    }
}
