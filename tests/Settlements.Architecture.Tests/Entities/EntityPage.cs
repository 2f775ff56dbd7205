using System.Text;

namespace Settlements.Architecture.Tests.Entities;

/// <summary>Writes docs/entities.md.</summary>
internal static class EntityPage
{
    public static string Write(IReadOnlyList<OwnedEntity> all)
    {
        var text = new StringBuilder(
            """
            # Entities

            The tables of both stores, drawn from `src/Settlements.Sqlite/Schema` and `src/Settlements.MySql/Schema` by a test, which fails when this
            page differs from them. To write it again: `./build.sh --entities`.

            ![The tables by owner, with their keys and references](images/entities.svg)

            The columns of a key are underlined; a line leads from a reference to its table.

            Each table has one owner, the stage that writes and deletes its rows; a test compares the statements of each folder with the owners.
            A row with a `run_id` counts when a published day names that run, so that readers see a complete day or none of it. The stores declare
            no foreign keys: references are columns, and verification compares what they identify.

            Read the tables with the library or with SQL; write them only with the library. Names and meanings of columns may change with a
            schema version ([upgrades](guides/operations.md#upgrades)).

            """.ReplaceLineEndings("\n"));
        text.Append('\n');
        var references = EntityModel.References(all).ToLookup(reference => (reference.From, reference.Column), reference => reference.To);
        foreach (var (owner, task) in EntityModel.Owners)
        {
            text.Append("## ").Append(owner).Append("\n\nOwner: `src/*/").Append(owner).Append("`, ").Append(task).Append(".\n\n");
            foreach (var entity in all.Where(entity => entity.Owner == owner))
                Write(text, entity, column => references[(entity.Name, column)].FirstOrDefault());
        }

        return text.ToString().TrimEnd() + "\n";
    }

    private static void Write(StringBuilder text, OwnedEntity entity, Func<string, string?> target)
    {
        text.Append("### ").Append(entity.Name).Append("\n\n");
        var note = entity.Sqlite?.Note is { Length: > 0 } own ? own : entity.MySql?.Note ?? "";
        if (entity.Sqlite is null)
            note = $"Only on MySQL and MariaDB. {note}";
        if (note.Length > 0)
            text.Append(Escape(note.Trim())).Append("\n\n");
        text.Append("| column | SQLite | MySQL, MariaDB | key | |\n|---|---|---|---|---|\n");
        foreach (var name in entity.ColumnNames)
        {
            var (sqlite, mysql) = (Find(entity.Sqlite, name), Find(entity.MySql, name));
            var position = entity.Any.Key.ToList().IndexOf(name) + 1;
            var notes = new[]
            {
                target(name) is { } to ? $"→ `{to}`" : "",
                (sqlite ?? mysql)!.IsNullable ? "nullable" : "",
                Escape(mysql?.Note is { Length: > 0 } comment ? comment : sqlite?.Note ?? ""),
            };
            text.Append("| `").Append(name).Append("` | ").Append(sqlite?.Type).Append(" | ").Append(mysql?.Type).Append(" | ")
                .Append(position > 0 ? $"{position}" : "").Append(" | ")
                .AppendJoin("; ", notes.Where(part => part.Length > 0)).Append(" |\n");
        }

        text.Append('\n');
    }

    private static EntityColumn? Find(Entity? entity, string column) => entity?.Columns.SingleOrDefault(c => c.Name == column);

    private static string Escape(string text) =>
        text.Replace("<", "&lt;", StringComparison.Ordinal).Replace("|", "\\|", StringComparison.Ordinal)
            .Replace("*", "\\*", StringComparison.Ordinal);
}
