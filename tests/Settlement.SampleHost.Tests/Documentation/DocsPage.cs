using System.Text.RegularExpressions;

namespace Settlement.SampleHost.Tests.Documentation;

/// <summary>
/// A page of the documentation. Its C# blocks form one program, in order, until a comment starts another: <c>&lt;!-- test: program
/// --&gt;</c>, or <c>&lt;!-- test: program on MySQL --&gt;</c> for a program that needs a server. <c>&lt;!-- test: setup</c>, code,
/// <c>--&gt;</c> is hidden code that the program needs; <c>&lt;!-- test: fragment, since … --&gt;</c> precedes a block that is not
/// compiled, with the reason. Blocks of the language <c>output</c> contain the expected output; a program without one is only compiled. SQL
/// blocks before the code create its tables; SQL blocks after it are executed afterwards.
/// </summary>
internal sealed partial class DocsPage
{
    private static readonly string[] Languages = ["csharp", "output", "sql", "sh", "json", "text", "xml", "yaml", "mermaid"];

    private DocsPage(string path, List<DocsBlock> blocks, List<DocsProgram> programs)
    {
        Path = path;
        Blocks = blocks;
        Programs = programs;
    }

    /// <summary>The path relative to the root of the repository.</summary>
    public string Path { get; }

    /// <summary>All blocks, in order.</summary>
    public IReadOnlyList<DocsBlock> Blocks { get; }

    /// <summary>The programs of its C# blocks.</summary>
    public IReadOnlyList<DocsProgram> Programs { get; }

    /// <summary>Returns all pages under docs/.</summary>
    public static IEnumerable<DocsPage> All() =>
        from path in Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories)
        let relative = System.IO.Path.GetRelativePath(Repository.Root, path).Replace('\\', '/')
        where !relative.StartsWith("docs/node_modules/", StringComparison.Ordinal)
            && !relative.StartsWith("docs/reference/", StringComparison.Ordinal)
            && !relative.StartsWith("docs/.vitepress/", StringComparison.Ordinal)
        orderby relative
        select Read(relative);

    public static DocsPage Read(string path)
    {
        var lines = File.ReadAllLines(Repository.PathOf(path));
        var blocks = new List<DocsBlock>();
        var programs = new List<DocsProgram> { new(path, 1, OnMySql: false, []) };
        string? fragment = null;
        for (var i = 0; i < lines.Length; i++)
        {
            var directive = Directive().Match(lines[i]);
            if (directive.Success)
            {
                var words = directive.Groups[1].Value;
                if (words == "setup")
                    Take("setup", end: "-->");
                else if (words.StartsWith("program", StringComparison.Ordinal))
                    programs.Add(new(path, i + 1,
                        words switch { "program" => false, "program on MySQL" => true, _ => throw Invalid(i, words) }, []));
                else
                    fragment = FragmentReason().Match(words) is { Success: true } reason ? reason.Groups[1].Value : throw Invalid(i, words);
                continue;
            }

            if (Fence().Match(lines[i]) is not { Success: true } fence)
                continue;
            var language = fence.Groups[1].Value;
            if (!Languages.Contains(language))
                throw Invalid(i, $"a block of '{language}'; the languages are {string.Join(", ", Languages)}");
            Take(language, end: "```");
            fragment = null;

            void Take(string kind, string end)
            {
                var start = ++i;
                while (i < lines.Length && lines[i] != end)
                    i++;
                if (i == lines.Length)
                    throw Invalid(start, $"a block without its end '{end}'");
                var block = new DocsBlock(kind, string.Join('\n', lines[start..i]), start + 1, fragment);
                blocks.Add(block);
                if (fragment is null && kind is "csharp" or "setup" or "output" or "sql")
                    programs[^1].Blocks.Add(block);
            }
        }

        return new(path, blocks, programs.FindAll(program => program.Blocks.Exists(block => block.Language is "csharp" or "sql")));

        InvalidDataException Invalid(int line, string what) => new($"{path}:{line + 1}: {what}.");
    }

    [GeneratedRegex("^<!-- test: (.*?)(?: -->)?$")]
    private static partial Regex Directive();

    [GeneratedRegex("^fragment, since (.{10,})$")]
    private static partial Regex FragmentReason();

    [GeneratedRegex(@"^```(\S*)$")]
    private static partial Regex Fence();
}
