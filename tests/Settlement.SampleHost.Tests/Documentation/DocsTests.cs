using System.Data.Common;
using Dapper;
using Microsoft.Data.Sqlite;
using MySqlConnector;
using Settlements.TestServers;

namespace Settlement.SampleHost.Tests.Documentation;

/// <summary>Compiles and runs the programs in docs/. <see cref="DocsPage"/> describes the format of pages.</summary>
public sealed class DocsTests(DocsServer server) : IClassFixture<DocsServer>
{
    /// <summary>The maximum number of fragments: they are neither compiled nor runnable by readers.</summary>
    private const int FragmentsMax = 6;

    public static TheoryData<string, int> Programs()
    {
        var programs = new TheoryData<string, int>();
        foreach (var page in DocsPage.All())
        {
            for (var i = 0; i < page.Programs.Count; i++)
                programs.Add(page.Path, i);
        }

        return programs;
    }

    [Theory]
    [MemberData(nameof(Programs))]
    public async Task Programs_compile_and_print_the_documented_output(string page, int index)
    {
        var program = DocsPage.Read(page).Programs[index];
        using var compiled = program.HasCode ? CompiledProgram.Compile(program.Code()) : null;
        if (compiled is null || program.Output is not null)
            await RunAsync(program, compiled);
    }

    [Fact]
    public void The_number_of_uncompiled_fragments_is_limited()
    {
        var fragments = DocsPage.All().SelectMany(page => page.Blocks, (page, block) => (page.Path, block)).Where(
            b => b.block.Fragment is not null);
        fragments.Select(f => $"{f.Path}:{f.block.Line}: {f.block.Fragment}").Should().HaveCountLessThanOrEqualTo(FragmentsMax);
    }

    [Fact]
    public void More_than_half_of_the_programs_have_verified_output()
    {
        var programs = DocsPage.All().SelectMany(page => page.Programs).Where(program => program.HasCode).ToList();
        programs.Count(program => program.Output is not null).Should().BeGreaterThan(programs.Count / 2);
    }

    private async Task RunAsync(DocsProgram program, CompiledProgram? compiled)
    {
        Assert.SkipWhen(program.OnMySql
            && !MySqlServer.IsPossible, "No MySQL or MariaDB server is available; the program was only compiled.");
        var folder = Directory.CreateTempSubdirectory("settlement-docs-");
        var mySql = program.OnMySql ? await server.CreateDatabaseAsync() : null;
        try
        {
            await ExecuteAsync(program.SqlBefore);
            if (compiled is not null)
                (await compiled.RunAsync(folder.FullName, mySql)).Should().Be(program.Output!.Trim(), $"{program} documents this output");
            await ExecuteAsync(program.SqlAfter);
        }
        finally
        {
            folder.Delete(recursive: true);
        }

        async Task ExecuteAsync(IEnumerable<string> statements)
        {
            foreach (var sql in statements)
            {
                await using DbConnection connection = mySql is null
                    ? new SqliteConnection($"Data Source={Path.Combine(folder.FullName, "shop.db")};Pooling=False")
                    : new MySqlConnection(mySql);
                await connection.OpenAsync();
                await connection.ExecuteAsync(sql);
            }
        }
    }
}
