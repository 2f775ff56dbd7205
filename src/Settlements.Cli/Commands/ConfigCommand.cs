using System.CommandLine;

namespace Settlements.Cli;

/// <summary><c>config</c>: checks the settlement's file, and prints the schema of such files.</summary>
internal static class ConfigCommand
{
    public static Command Create(CommonOptions common)
    {
        var check = new Command("check", "Read the settlement's file and report all its errors. The store is not opened.");
        check.SetAction(parsed =>
        {
            var file = common.ReadFile(parsed);
            if (common.IsJson(parsed))
                Json.Print(new { File = file.Name, file.Store, file.Meters });
            else
                Console.WriteLine($"{file.Name} is valid: {Meters(file)}.");
            return ExitCode.Success;
        });
        var schema = new Command("schema", "Print the JSON schema of settlement files, for editors and other tools.");
        schema.SetAction(_ =>
        {
            using var reader = new StreamReader(typeof(ConfigCommand).Assembly.GetManifestResourceStream("settlement.schema.json")!);
            Console.Write(reader.ReadToEnd());
            return ExitCode.Success;
        });
        return new Command("config", "Check the settlement's file, or print the schema of such files.") { check, schema };
    }

    private static string Meters(SettlementFile file) =>
        $"{Text.Count(file.Meters.Count, "meter", "meters")}, {string.Join(", ", file.Meters.Select(Text.Id))}";
}
