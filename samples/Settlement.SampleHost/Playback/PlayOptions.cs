namespace Settlement.SampleHost.Playback;

/// <summary>The minimum of a view and the limits of starts: configuration section <c>Plays</c>.</summary>
internal sealed class PlayOptions
{
    public const string Section = "Plays";

    /// <summary>
    /// The minimum watched duration of a view; shorter videos must be watched completely. Default 3 seconds; from 0 to 1 minute.
    /// </summary>
    public TimeSpan ViewMinimum { get; set; } = TimeSpan.FromMilliseconds(PlayRules.ViewMinimumMs);

    /// <summary>The maximum number of starts per viewer and minute on each instance. Default 30; at least 1.</summary>
    public int StartsPerMinute { get; set; } = 30;

    /// <summary>The maximum number of starts per network address and minute on each instance. Default 120; at least 1.</summary>
    public int StartsPerAddressPerMinute { get; set; } = 120;

    /// <summary>Reads and validates the options.</summary>
    /// <exception cref="InvalidOperationException">A setting is out of range; the message names it.</exception>
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
