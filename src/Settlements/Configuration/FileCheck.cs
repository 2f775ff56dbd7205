using Microsoft.Extensions.DependencyInjection;

namespace Settlements;

/// <summary>
/// Checks what a file says by the rules of the options, which are written once, in the options. An error is of the section without which it
/// disappears; the sections are applied again only where there are errors.
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

        // What no section causes is missing. Where a value could not be read, that is the reason.
        if (errors.All.Count == 0)
            missing.ForEach(message => errors.Add("$", message));
    }

    private static List<string> ErrorsOf(IEnumerable<FileSection> sections)
    {
        // The store is chosen by the program.
        var builder = new SettlementBuilder(new ServiceCollection()).UseStore("a store");
        foreach (var section in sections)
            section.Apply(builder);
        var options = new SettlementOptions();
        builder.Apply(options);
        return [.. options.Validate()];
    }
}
