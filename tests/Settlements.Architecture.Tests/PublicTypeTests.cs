using System.Diagnostics.CodeAnalysis;
using System.Reflection;

namespace Settlements.Architecture.Tests;

public sealed class PublicTypeTests
{
    [Theory]
    [MemberData(nameof(Shipped.Names), MemberType = typeof(Shipped))]
    public void Public_classes_are_sealed_static_or_abstract(string assembly) =>
        string.Join('\n', PublicTypes(assembly).Where(IsOpenByAccident))
            .Should().BeEmpty("a class is open to inheritance only intentionally");

    [Theory]
    [MemberData(nameof(Shipped.Names), MemberType = typeof(Shipped))]
    public void Asynchronous_methods_end_in_Async_and_take_a_token_last(string assembly) =>
        string.Join('\n', PublicTypes(assembly).SelectMany(AsyncFaults)).Should().BeEmpty();

    [Fact]
    public void Violations_are_found()
    {
        IsOpenByAccident(typeof(Open)).Should().BeTrue();
        AsyncFaults(typeof(Open)).Should().BeEquivalentTo(
            "Open.Load doesn't end in Async", "Open.Load doesn't take a CancellationToken last",
            "Open.ReadAsync doesn't take a CancellationToken last");
    }

    [Fact]
    public void Types_for_store_authors_are_experimental()
    {
        var types = Assembly.Load(Shipped.Core).GetExportedTypes().Where(type => type.Namespace == "Settlements.Stores" && !type.IsNested)
            .ToList();

        types.Should().HaveCountGreaterThan(50);
        types.Where(type => type.GetCustomAttribute<ExperimentalAttribute>()?.DiagnosticId != "SETTLE001").Should().BeEmpty();
    }

    /// <summary>Stable entries are for applications; those for store authors are experimental.</summary>
    [Fact]
    public void The_core_has_fewer_than_1000_stable_entries()
    {
        var entries = File.ReadLines(Path.Combine(Repository.Root, "src", "Settlements", "PublicAPI.Unshipped.txt"))
            .Where(line => line.Length > 0 && line[0] is not ('#' or '*')).ToList();

        entries.Where(entry => entry.Contains("[SETTLE001]", StringComparison.Ordinal)).Should().HaveCountGreaterThan(500);
        entries.Where(entry => !entry.Contains("[SETTLE001]", StringComparison.Ordinal)).Should().HaveCountLessThan(1_000);
    }

    /// <summary>Applications have types of these names, and folders are no types.</summary>
    [Theory]
    [MemberData(nameof(Shipped.Names), MemberType = typeof(Shipped))]
    public void No_public_type_is_named_like_a_folder_or_by_a_common_word(string assembly)
    {
        string[] common = ["Access", "Chunk", "Claim", "Event", "Item", "Lease", "Line", "Meter", "Payee", "Rate", "Run", "Settlement",
            "Statement", "Step"];
        var folders = SourceFolders.Of(assembly).Select(type => type.Folder.Split('/')[^1]);

        PublicTypes(assembly).Where(type => !type.IsNested).Select(type => type.Name).Intersect([.. common, .. folders]).Should().BeEmpty();
    }

    /// <summary>Contract tests are exempt: their names are sentences.</summary>
    private static Type[] PublicTypes(string assembly) =>
        [.. Assembly.Load(assembly).GetExportedTypes().Where(type => type.Namespace != "Settlements.Testing")];

    private static bool IsOpenByAccident(Type type) =>
        type is { IsClass: true, IsSealed: false, IsAbstract: false } && !type.IsSubclassOf(typeof(Delegate));

    private static IEnumerable<string> AsyncFaults(Type type)
    {
        var methods = type.GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly)
            .Where(method => !method.IsSpecialName && method.Name != nameof(IAsyncDisposable.DisposeAsync)
                && !typeof(Delegate).IsAssignableFrom(type) && IsAwaited(method.ReturnType));
        foreach (var method in methods)
        {
            if (!method.Name.EndsWith("Async", StringComparison.Ordinal))
                yield return $"{type.Name}.{method.Name} doesn't end in Async";
            if (method.GetParameters().LastOrDefault()?.ParameterType != typeof(CancellationToken))
                yield return $"{type.Name}.{method.Name} doesn't take a CancellationToken last";
        }
    }

    private static bool IsAwaited(Type type)
    {
        var open = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return open == typeof(Task) || open == typeof(Task<>) || open == typeof(ValueTask) || open == typeof(ValueTask<>)
            || open == typeof(IAsyncEnumerable<>);
    }

#pragma warning disable CA1852, CA1068 // Intentional violations for the test.
    private class Open
    {
        public static Task Load() => Task.CompletedTask;

        public static ValueTask<int> ReadAsync(CancellationToken token, int count) => new(token.IsCancellationRequested ? 0 : count);

        public static Task FineAsync(CancellationToken token) => Task.FromCanceled(token);
    }
#pragma warning restore CA1852, CA1068
}
