namespace Settlement.SampleHost.Pages.Layout;

/// <summary>Marks a page that holds interactive parts: it alone loads what these need.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class InteractiveAttribute : Attribute;

/// <summary>Names a script of its own that a page loads.</summary>
/// <param name="name">As <c>assets/watch.js</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ScriptAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
