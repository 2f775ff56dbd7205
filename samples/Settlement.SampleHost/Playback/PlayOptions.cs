namespace Settlement.SampleHost.Playback;

/// <summary>What a view needs, and how often plays may be started. The section <c>Plays</c>.</summary>
internal sealed class PlayOptions
{
    public const string Section = "Plays";

    /// <summary>How much of a video has to be watched for a view; of a shorter video, all of it. Default 3 seconds; from 0 to 1 minute.</summary>
    public TimeSpan ViewMinimum { get; set; } = TimeSpan.FromMilliseconds(PlayRules.ViewMinimumMs);

    /// <summary>The most starts of a viewer a minute, on each host. Default 30.</summary>
    public int StartsPerMinute { get; set; } = 30;

    /// <summary>The most starts of a network address a minute, on each host: of all viewers behind it. Default 120.</summary>
    public int StartsPerAddressPerMinute { get; set; } = 120;

    /// <exception cref="InvalidOperationException">A setting is out of range; the message says which.</exception>
    public static PlayOptions Read(IConfiguration configuration)
    {
        var options = configuration.GetSection(Section).Get<PlayOptions>() ?? new PlayOptions();
        if (options.ViewMinimum < TimeSpan.Zero || options.ViewMinimum > TimeSpan.FromMinutes(1))
            throw new InvalidOperationException($"{Section}:{nameof(ViewMinimum)} is {options.ViewMinimum}. Use 00:00:00 to 00:01:00.");
        Check(options.StartsPerMinute, nameof(StartsPerMinute));
        Check(options.StartsPerAddressPerMinute, nameof(StartsPerAddressPerMinute));
        return options;
    }

    private static void Check(int starts, string name)
    {
        if (starts < 1)
            throw new InvalidOperationException($"{Section}:{name} is {starts}. Use 1 or more.");
    }
}
