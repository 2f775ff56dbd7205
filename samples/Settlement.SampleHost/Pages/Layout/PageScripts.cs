namespace Settlement.SampleHost.Pages.Layout;

/// <summary>Names the script that a page loads.</summary>
/// <param name="name">The name, such as <c>assets/watch.js</c>.</param>
[AttributeUsage(AttributeTargets.Class)]
public sealed class ScriptAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}
