using Microsoft.AspNetCore.Components;
using Settlement.SampleHost.Hosting;
using Settlement.SampleHost.Languages;
using Settlement.SampleHost.Users;

namespace Settlement.SampleHost.Pages;

/// <summary>The base class of pages, which are rendered on the server for one request.</summary>
public abstract class PageBase : ComponentBase
{
    [CascadingParameter]
    public HttpContext Http { get; set; } = null!;

    [Inject]
    private protected JsonStringLocalizer T { get; set; } = null!;

    [Inject]
    private protected DisplayFormat Format { get; set; } = null!;

    [Inject]
    private protected NavigationManager Navigation { get; set; } = null!;

    private protected Caller Caller => Caller.Of(Http);

    private protected CancellationToken RequestAborted => Http.RequestAborted;

    /// <summary>The error of the submitted form; null if there is none.</summary>
    private protected PlatformException? Problem { get; private set; }

    /// <summary>Sets the parameters and loads all data before rendering, so that no incomplete page is sent.</summary>
    public sealed override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        await LoadAsync();
        await base.SetParametersAsync(ParameterView.Empty);
    }

    /// <summary>Loads the data of the page.</summary>
    private protected virtual Task LoadAsync() => Task.CompletedTask;

    /// <summary>Rejects a form without some of its fields, naming all that are missing.</summary>
    private protected static void Require(params ReadOnlySpan<(string Field, string? Value)> fields)
    {
        var errors = new FieldErrors();
        foreach (var (field, value) in fields)
        {
            if (string.IsNullOrWhiteSpace(value))
                errors.Add(field, "Fill in this field.");
        }

        errors.ThrowIfAny();
    }

    /// <summary>Executes the action of a form. Displays errors that the user can correct; other exceptions propagate.</summary>
    /// <returns>Whether the action succeeded.</returns>
    private protected async Task<bool> TryAsync(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (PlatformException e)
        {
            Problem = e;
            Http.Response.StatusCode = e.Status;
            return false;
        }
    }
}
