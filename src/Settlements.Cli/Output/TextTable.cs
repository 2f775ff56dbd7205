using Spectre.Console;
using SpectreText = Spectre.Console.Text;

namespace Settlements.Cli;

/// <summary>A table on standard output. It fits the width of a terminal, and is not truncated in a file or a pipe.</summary>
internal sealed class TextTable
{
    private const int RedirectedWidth = 1_000;

    private readonly Table _table = new() { Border = TableBorder.Simple, UseSafeBorder = true };

    /// <summary>Creates a table. Columns whose names begin with <c>&gt;</c> are right-aligned.</summary>
    public TextTable(params IEnumerable<string> columns)
    {
        foreach (var name in columns)
        {
            var isNumber = name.StartsWith('>');
            var column = new TableColumn(new SpectreText(name.TrimStart('>'))) { NoWrap = isNumber };
            _table.AddColumn(isNumber ? column.RightAligned() : column.LeftAligned());
        }
    }

    public void Add(params IEnumerable<string> cells) => _table.AddRow(cells.Select(c => new SpectreText(c)));

    public void Print()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = Console.IsOutputRedirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = Console.IsOutputRedirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Out = new AnsiConsoleOutput(Console.Out),
        });
        if (Console.IsOutputRedirected)
            console.Profile.Width = RedirectedWidth;
        console.Write(_table);
    }
}
