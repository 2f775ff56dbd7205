using YamlDotNet.RepresentationModel;

namespace Settlements.Architecture.Tests.Workflows;

/// <summary>A step of a job: what it uses or runs.</summary>
internal sealed record WorkflowStep(WorkflowJob Job, YamlMappingNode Node)
{
    public string? Uses => Workflow.Text(Node, "uses");

    public string? Run => Workflow.Text(Node, "run");

    public string? Id => Workflow.Text(Node, "id");

    public string Name => $"{Job.Workflow.FileName}, job {Job.Name}, step '{Workflow.Text(Node, "name") ?? Uses ?? Run?.Split('\n')[0]}'";

    /// <summary>Gets the folder in which commands run, relative to the repository.</summary>
    public string Folder => Workflow.Text(Node, "working-directory")
        ?? Workflow.Text(Workflow.Map(Workflow.Map(Job.Node, "defaults"), "run"), "working-directory") ?? ".";

    /// <summary>Gets the names of the variables that are set for the commands.</summary>
    public IEnumerable<string> Variables => new[] { Node, Job.Node, Job.Workflow.Root }
        .SelectMany(node => Workflow.Map(node, "env")?.Children.Keys.Select(key => key.ToString()) ?? []);
}

/// <summary>A job of a workflow.</summary>
internal sealed record WorkflowJob(Workflow Workflow, string Name, YamlMappingNode Node)
{
    public IReadOnlyList<WorkflowStep> Steps =>
        [.. ((YamlSequenceNode)Node.Children["steps"]).Children.Select(step => new WorkflowStep(this, (YamlMappingNode)step))];
}

/// <summary>A workflow of .github/workflows.</summary>
internal sealed record Workflow(string FileName, string Source, YamlMappingNode Root)
{
    public IReadOnlyList<WorkflowJob> Jobs =>
        [.. Map(Root, "jobs")!.Children.Select(job => new WorkflowJob(this, job.Key.ToString(), (YamlMappingNode)job.Value))];

    public static IReadOnlyList<Workflow> All() =>
        [.. Directory.GetFiles(Path.Combine(Repository.Root, ".github", "workflows"), "*.yml").Order(StringComparer.Ordinal).Select(Read)];

    public static YamlMappingNode? Map(YamlMappingNode? node, string key) => Child(node, key) as YamlMappingNode;

    public static string? Text(YamlMappingNode? node, string key) => (Child(node, key) as YamlScalarNode)?.Value;

    public static YamlNode? Child(YamlMappingNode? node, string key) =>
        node is not null && node.Children.TryGetValue(new YamlScalarNode(key), out var child) ? child : null;

    private static Workflow Read(string file)
    {
        var yaml = new YamlStream();
        var text = File.ReadAllText(file);
        yaml.Load(new StringReader(text)); // a key that occurs twice is an error
        return new Workflow(Path.GetFileName(file), text, (YamlMappingNode)yaml.Documents.Single().RootNode);
    }
}
