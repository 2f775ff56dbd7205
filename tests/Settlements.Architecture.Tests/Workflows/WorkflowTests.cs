using System.Diagnostics;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace Settlements.Architecture.Tests.Workflows;

/// <summary>
/// Tests what can be tested of the workflows without GitHub: they are YAML with what each job needs; references are to jobs, steps, outputs
/// and matrix entries that exist; commands parse as shell; scripts, options, projects and folders that they name exist.
/// </summary>
public sealed partial class WorkflowTests
{
    /// <summary>Variables that the runner or the shell sets.</summary>
    private static readonly string[] RunnerVariables =
        ["GITHUB_OUTPUT", "GITHUB_ENV", "GITHUB_STEP_SUMMARY", "RUNNER_TEMP", "HOME", "PATH"];

    private static readonly IReadOnlyList<Workflow> All = Workflow.All();

    private static IEnumerable<WorkflowJob> Jobs => All.SelectMany(workflow => workflow.Jobs);

    private static IEnumerable<WorkflowStep> Steps => Jobs.SelectMany(job => job.Steps);

    [Fact]
    public void Each_workflow_has_a_trigger_no_permissions_and_a_concurrency_group()
    {
        All.Should().HaveCountGreaterThan(5);
        foreach (var workflow in All)
        {
            Workflow.Child(workflow.Root, "on").Should().NotBeNull(workflow.FileName);
            Workflow.Map(workflow.Root, "permissions").Should().NotBeNull(workflow.FileName);
            Workflow.Map(workflow.Root, "permissions")!.Children.Should().BeEmpty("each job of {0} names its own", workflow.FileName);
            Workflow.Text(Workflow.Map(workflow.Root, "concurrency"), "group").Should().NotBeNullOrEmpty(workflow.FileName);
        }
    }

    [Fact]
    public void Each_job_has_a_runner_a_time_limit_and_permissions()
    {
        foreach (var job in Jobs)
        {
            var name = $"{job.Workflow.FileName}, job {job.Name}";
            Workflow.Text(job.Node, "runs-on").Should().NotBeNullOrEmpty(name);
            int.Parse(Workflow.Text(job.Node, "timeout-minutes") ?? "0", null).Should().BeInRange(1, 120, name);
            Workflow.Map(job.Node, "permissions").Should().NotBeNull(name);
            job.Steps.Should().NotBeEmpty(name);
            job.Steps.Should().OnlyContain(step => step.Uses == null != (step.Run == null), "a step of {0} either uses or runs", name);
        }
    }

    [Fact]
    public void Actions_are_pinned_by_commit_with_their_version()
    {
        foreach (var action in Steps.Where(step => step.Uses is not null))
        {
            action.Uses.Should().MatchRegex("^[\\w-]+/[\\w/-]+@[0-9a-f]{40}$", action.Name);
            action.Job.Workflow.Source.Should().MatchRegex($"{Regex.Escape(action.Uses!)} # v\\d", action.Name);
        }
    }

    [Fact]
    public void References_in_expressions_exist()
    {
        foreach (var job in Jobs)
        {
            var needs = Needs(job).ToList();
            var others = job.Workflow.Jobs.ToDictionary(other => other.Name);
            needs.Should().BeSubsetOf(others.Keys, job.Name);
            foreach (var text in Scalars(job.Node).SelectMany(scalar => Expression().Matches(scalar)).Select(match => match.Value))
            {
                foreach (Match need in NeededOutput().Matches(text))
                {
                    needs.Should().Contain(need.Groups[1].Value, text);
                    Workflow.Child(Workflow.Map(others[need.Groups[1].Value].Node, "outputs"), need.Groups[2].Value)
                        .Should().NotBeNull(text);
                }

                foreach (Match output in StepOutput().Matches(text))
                    job.Steps.Select(step => step.Id).Should().Contain(output.Groups[1].Value, text);
                foreach (Match entry in MatrixEntry().Matches(text))
                    HasMatrixEntry(job, entry.Groups[1].Value.Split('.')).Should().BeTrue(
                        "{0} of job {1} is in its matrix", text, job.Name);
            }
        }
    }

    [Fact]
    public async Task Commands_parse_as_shell()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "The workflows' commands are for bash.");
        foreach (var step in Steps.Where(step => step.Run is not null))
            await ShouldParseAsync(Expression().Replace(step.Run!, "value"), step.Name);
        foreach (var script in Directory.GetFiles(Path.Combine(Repository.Root, "eng"), "*.sh").Append(
            Path.Combine(Repository.Root, "build.sh")))
            await ShouldParseAsync(await File.ReadAllTextAsync(script, TestContext.Current.CancellationToken), script);
    }

    [Fact]
    public void Variables_in_commands_are_set()
    {
        foreach (var step in Steps.Where(step => step.Run is not null))
        {
            var own = Assigned().Matches(step.Run!).Select(match => match.Groups[1].Value + match.Groups[2].Value);
            Variable().Matches(step.Run!).Select(match => match.Groups[1].Value)
                .Should().BeSubsetOf(step.Variables.Concat(own).Concat(RunnerVariables), step.Name);
        }
    }

    [Fact]
    public void Scripts_options_and_paths_in_commands_exist()
    {
        var usage = File.ReadAllText(Path.Combine(Repository.Root, "build.sh"));
        var found = 0;
        foreach (var step in Steps.Where(step => step.Run is not null))
        {
            Directory.Exists(Path.Combine(Repository.Root, step.Folder)).Should().BeTrue("{0} runs in {1}", step.Name, step.Folder);
            foreach (Match path in RepositoryPath().Matches(step.Run!))
            {
                Path.Exists(Path.Combine(Repository.Root, step.Folder, path.Value)).Should().BeTrue("{0} names {1}", step.Name, path.Value);
                found++;
            }

            foreach (Match option in BuildOption().Matches(step.Run!))
                usage.Should().Contain($"\n  {option.Groups[1].Value} ", step.Name);
        }

        found.Should().BeGreaterThan(12);
    }

    [Fact]
    public async Task The_release_notes_are_the_changelogs_section()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() || OperatingSystem.IsMacOS(), "The workflows' commands are for bash.");
        var step = Steps.Single(step => step.Name.Contains("Extract the release notes", StringComparison.Ordinal));
        var folder = Directory.CreateTempSubdirectory("settlement-workflow-");
        try
        {
            Directory.CreateDirectory(Path.Combine(folder.FullName, "artifacts"));
            File.WriteAllText(Path.Combine(folder.FullName, "CHANGELOG.md"), "# Changelog\n\n## [0.2.0]\n\n- new\n\n## [0.1.0]\n\n- old\n");

            (await RunAsync(step.Run!, folder.FullName, ("VERSION", "0.2.0"))).Should().Be("");

            File.ReadAllText(Path.Combine(folder.FullName, "artifacts", "notes.md")).Trim().Should().Be("- new");
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static IEnumerable<string> Needs(WorkflowJob job) => Workflow.Child(job.Node, "needs") switch
    {
        YamlScalarNode one => [one.Value!],
        YamlSequenceNode several => several.Children.Select(child => child.ToString()),
        _ => [],
    };

    private static bool HasMatrixEntry(WorkflowJob job, string[] path)
    {
        var matrix = Workflow.Map(Workflow.Map(job.Node, "strategy"), "matrix");
        var entries = (Workflow.Child(matrix, path[0]) as YamlSequenceNode)?.Children.ToList();
        if (entries is null)
        {
            entries = (Workflow.Child(matrix, "include") as YamlSequenceNode)?.Children.ToList() ?? [];
            return entries.Count > 0 && entries.All(entry => Workflow.Child(entry as YamlMappingNode, path[0]) is not null);
        }

        return path.Length == 1 || entries.All(entry => Workflow.Child(entry as YamlMappingNode, path[1]) is not null);
    }

    private static IEnumerable<string> Scalars(YamlNode node) => node switch
    {
        YamlScalarNode scalar => [scalar.Value ?? ""],
        YamlSequenceNode sequence => sequence.Children.SelectMany(Scalars),
        YamlMappingNode map => map.Children.Values.SelectMany(Scalars),
        _ => [],
    };

    private static async Task ShouldParseAsync(string command, string name) =>
        (await RunAsync(null, Repository.Root, ("COMMAND", command))).Should().Be("", name);

    /// <summary>Runs a command with bash, or only parses the variable COMMAND; returns the errors.</summary>
    private static async Task<string> RunAsync(string? command, string folder, (string Name, string Value) variable)
    {
        string[] arguments = command is null ? ["-c", "bash -n <<<\"$COMMAND\""] : ["-eo", "pipefail", "-c", command];
        var start = new ProcessStartInfo("bash", arguments) { WorkingDirectory = folder, RedirectStandardError = true };
        start.Environment[variable.Name] = variable.Value;
        using var process = Process.Start(start)!;
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0 ? errors : $"exit code {process.ExitCode}: {errors}";
    }

    [GeneratedRegex(@"\$\{\{.*?\}\}")]
    private static partial Regex Expression();

    [GeneratedRegex(@"\bneeds\.([\w-]+)\.outputs\.([\w-]+)")]
    private static partial Regex NeededOutput();

    [GeneratedRegex(@"\bsteps\.([\w-]+)\.outputs\b")]
    private static partial Regex StepOutput();

    [GeneratedRegex(@"\bmatrix\.([\w.-]+)")]
    private static partial Regex MatrixEntry();

    [GeneratedRegex(@"(?<!\$)\$\{?([A-Za-z_]\w*)")]
    private static partial Regex Variable();

    [GeneratedRegex(@"(?:^|\s)(\w+)\+?=|\bfor (\w+) in\b")]
    private static partial Regex Assigned();

    [GeneratedRegex(@"(?<![\w./'-])(?:\./)?(?:eng|src|tests|samples|benchmarks|build\.sh|docs)(?:/[\w.-]+)*(?![\w'*])")]
    private static partial Regex RepositoryPath();

    [GeneratedRegex(@"\./build\.sh ([\w-]+)")]
    private static partial Regex BuildOption();
}
