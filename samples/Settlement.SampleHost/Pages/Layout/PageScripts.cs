namespace Settlement.SampleHost.Pages.Layout;

/// <summary>Marks a page with interactive components; only such pages load their scripts and styles.</summary>
[AttributeUsage(AttributeTargets.Class)]
public sealed class InteractiveAttribute : Attribute;

/// <summary>Names the script that a page loads.</summary>
/// <param name="name">The name, such as <c>assets/watch.js</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ScriptAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
