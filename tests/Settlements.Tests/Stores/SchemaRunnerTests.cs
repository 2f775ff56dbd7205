using Settlements.Stores;

namespace Settlements.Tests.Stores;

/// <summary>Tests of applying a schema on any engine: order of steps and refusals.</summary>
public sealed class SchemaRunnerTests
{
    private static readonly SchemaFiles Files = SchemaFiles.Of([new(1, "0001_a.sql", "a"), new(2, "0002_b.sql", "b")]);

    [Fact]
    public async Task Scripts_are_applied_in_order_after_locking_and_checking_for_existing_names()
    {
        var session = new Session();
        (await RunAsync(session)).Should().Equal("0001_a.sql", "0002_b.sql");
        session.Calls.Should().Equal("version 0", "lock", "names", "prepare", "apply 1", "apply 2", "version 2");
    }

    [Fact]
    public async Task Only_newly_applied_scripts_are_reported()
    {
        var session = new Session { Version = 1 };
        (await RunAsync(session)).Should().Equal("0002_b.sql");
    }

    [Fact]
    public async Task An_up_to_date_database_is_neither_locked_nor_changed()
    {
        var session = new Session { Version = 2 };
        (await RunAsync(session)).Should().BeEmpty();
        session.Calls.Should().Equal("version 2", "prepare");
    }

    [Fact]
    public async Task A_newer_schema_is_refused_before_locking()
    {
        var session = new Session { Version = 3 };
        (await session.Invoking(RunAsync).Should().ThrowAsync<SchemaException>()).Which.Message.Should().Be(
            "The database 'shop' has schema version 3, created by a newer version of Settlements; this version "
                + "supports 2. Update the package.");
        session.Calls.Should().Equal("version 3");
    }

    [Fact]
    public async Task A_newer_schema_applied_concurrently_by_another_instance_is_refused()
    {
        var session = new Session { VersionAfterLock = 3 };
        (await session.Invoking(RunAsync).Should().ThrowAsync<SchemaException>()).Which.Found.Should().Be(3);
    }

    [Fact]
    public async Task Existing_names_are_refused_with_the_remedy_before_anything_is_created()
    {
        var session = new Session { Taken = ["rankings", "adjustments"] };
        var refused = (await session.Invoking(RunAsync).Should().ThrowAsync<SchemaException>()).Which;
        refused.TakenNames.Should().Equal("rankings", "adjustments");
        refused.Message.Should().Contain("'shop'").And.Contain("rankings, adjustments. Nothing was created. Rename them.");
        session.Calls.Should().Equal("version 0", "lock", "names");
    }

    [Fact]
    public async Task Cancellation_stops_between_two_scripts()
    {
        using var stop = new CancellationTokenSource();
        var session = new Session { Applied = stop.Cancel };
        await session.Invoking(s => SchemaRunner.ApplyAsync(s, "shop", Files, stop.Token))
            .Should().ThrowAsync<OperationCanceledException>();
        session.Calls.Should().EndWith("apply 1");
    }

    [Fact]
    public void A_failed_version_check_names_both_versions_and_a_passed_one_is_cached()
    {
        var check = new SchemaCheck("shop", Files);
        check.Invoking(c => c.Require(0)).Should().Throw<SchemaException>().WithMessage(
            "*'shop' has schema version 0*requires 2*ApplyAsync*");
        check.IsPassed.Should().BeFalse();
        check.Require(2);
        check.IsPassed.Should().BeTrue();
    }

    private static Task<IReadOnlyList<string>> RunAsync(Session session) =>
        SchemaRunner.ApplyAsync(session, "shop", Files, TestContext.Current.CancellationToken);

    private sealed class Session : ISchemaSession
    {
        public List<string> Calls { get; } = [];

        public int Version { get; set; }

        public int? VersionAfterLock { get; init; }

        public IReadOnlyList<string> Taken { get; init; } = [];

        public Action Applied { get; init; } = () => { };

        public Task<int> FindVersionAsync(CancellationToken cancellationToken)
        {
            Calls.Add(FormattableString.Invariant($"version {Version}"));
            return Task.FromResult(Version);
        }

        public Task LockAsync(CancellationToken cancellationToken)
        {
            Version = VersionAfterLock ?? Version;
            Calls.Add("lock");
            return Task.CompletedTask;
        }

        public Task<TakenNames> FindTakenNamesAsync(IReadOnlyList<SchemaFile> files, CancellationToken cancellationToken)
        {
            Calls.Add("names");
            return Task.FromResult(new TakenNames(Taken, "Rename them."));
        }

        public Task PrepareAsync(CancellationToken cancellationToken)
        {
            Calls.Add("prepare");
            return Task.CompletedTask;
        }

        public Task<bool> ApplyAsync(SchemaFile file, CancellationToken cancellationToken)
        {
            Calls.Add(FormattableString.Invariant($"apply {file.Number}"));
            if (Version >= file.Number)
                return Task.FromResult(false);
            Version = file.Number;
            Applied();
            return Task.FromResult(true);
        }
    }
}
