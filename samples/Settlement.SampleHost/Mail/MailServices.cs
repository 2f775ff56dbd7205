using Microsoft.Extensions.Options;

namespace Settlement.SampleHost.Mail;

/// <summary>Registers mail.</summary>
internal static class MailServices
{
    public static void AddMail(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<MailOptions>().Bind(configuration.GetSection(MailOptions.Section)).ValidateOnStart();
        services.AddSingleton<IValidateOptions<MailOptions>, MailOptionsValidator>();
        services.AddSingleton<IMailDelivery>(provider =>
            provider.GetRequiredService<IOptions<MailOptions>>().Value.Folder.Length > 0
                ? ActivatorUtilities.CreateInstance<FolderDelivery>(provider)
                : ActivatorUtilities.CreateInstance<SmtpDelivery>(provider));
        services.AddSingleton<MailTokenTable>();
        services.AddSingleton<AccountMails>().AddHostedService(provider => provider.GetRequiredService<AccountMails>());
    }
}
