// Queries the state of a video element.

// A bundled clip is only a placeholder: once it is loaded, a stall at its loop must not stop the clock.
const isBundled = media => media.currentSrc.startsWith(`${location.origin}/assets/`);

export const isRunning = media =>
  !media.paused && media.readyState >= (isBundled(media) ? HTMLMediaElement.HAVE_METADATA : HTMLMediaElement.HAVE_FUTURE_DATA);

/** Resolves to whether the video can be played. Waits for its metadata: with data saving, browsers load nothing before the first press. */
export function isPlayable(media) {
  if (media.readyState >= HTMLMediaElement.HAVE_METADATA || media.error) return Promise.resolve(!media.error);
  return new Promise(done => {
    media.addEventListener('loadedmetadata', () => done(true), { once: true });
    media.addEventListener('error', () => done(false), { once: true });
  });
}
