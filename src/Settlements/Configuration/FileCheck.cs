using Microsoft.Extensions.DependencyInjection;

namespace Settlements;

/// <summary>
/// Validates the content of a file by the rules of the options, which exist only there. An error is attributed to the section without
/// which it disappears; sections are applied again only when there are errors.
/// </summary>
internal static class FileCheck
{
    public static void AddErrors(IReadOnlyList<FileSection> sections, FileErrors errors)
    {
        var missing = new List<string>();
        foreach (var message in ErrorsOf(sections))
        {
            if (sections.LastOrDefault(left => !ErrorsOf(sections.Where(s => s != left)).Contains(message)) is { } section)
                errors.Add(section.Path, message);
            else
                missing.Add(message);
        }

        // An error that no section causes is a missing value. It is not reported when a value could not be read, which is then the cause.
        if (errors.All.Count == 0)
            missing.ForEach(message => errors.Add("$", message));
    }

    private static List<string> ErrorsOf(IEnumerable<FileSection> sections)
    {
        // The application selects the store.
        var builder = new SettlementBuilder(new ServiceCollection()).UseStore("a store");
        foreach (var section in sections)
            section.Apply(builder);
        var options = new SettlementOptions();
        builder.Apply(options);
        return [.. options.Validate()];
    }
}
