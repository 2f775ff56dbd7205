// The player. It shows the registered length and keeps its own clock, which runs only while the picture does; the server counts by its own clock,
// and where the two differ the server's position is the true one.
import { isPlayable, isRunning } from './watch-picture.js';
import { Reports } from './watch-reports.js';

const REPORT_EVERY_S = 5;
const TICK_MS = 250;

// A tick of a hidden tab comes late; longer gaps are a machine that slept.
const TICK_MAX_S = 65;
const SERVER_AHEAD_OF_US_S = 2;

const $ = id => document.getElementById(id);
const player = $('player');
const words = JSON.parse(player.dataset.words);
const length = Number(player.dataset.length);
const clip = $('clip');
const adClip = $('ad-clip');
const isSample = !clip.classList.contains('real');
const isStill = matchMedia('(prefers-reduced-motion: reduce)').matches;
const reports = new Reports(player.dataset.video, player.dataset.csrf);

let state = 'idle'; // idle, starting, playing, paused, ad, over
let position = 0;
let furthest = 0;
let placements = [];
let ad = null;
let sinceReport = 0;
let last = performance.now();

const fill = (text, ...values) => text.replace(/\{(\d)\}/g, (_, n) => values[n]);
const say = text => { $('said').textContent = text; };

function clock(seconds) {
  const s = Math.floor(seconds);
  const two = n => String(n).padStart(2, '0');
  return s < 3600 ? `${Math.floor(s / 60)}:${two(s % 60)}` : `${Math.floor(s / 3600)}:${two(Math.floor(s / 60) % 60)}:${two(s % 60)}`;
}

function show() {
  const isOn = state === 'playing' || state === 'paused';
  $('toggle').disabled = !isOn;
  $('stop').disabled = !isOn;
  $('seek').disabled = !isOn;
  const isPaused = state === 'paused';
  $('toggle').setAttribute('aria-label', isPaused ? words.play : words.pause);
  player.querySelector('.i-play').toggleAttribute('hidden', !isPaused);
  player.querySelector('.i-pause').toggleAttribute('hidden', isPaused);
  player.dataset.state = state;
  showPosition();
}

function showPosition() {
  $('clock').textContent = `${clock(position)} / ${clock(length)}`;
  $('seek').value = String(Math.floor(position));
  $('seek').setAttribute('aria-valuetext', fill(words.position, clock(position), clock(length)));
  player.dataset.position = position.toFixed(1);
  if (ad) $('tag').textContent = fill(words.ad, ad.adTitle, String(Math.max(0, Math.ceil(ad.adLengthSeconds - ad.elapsed))));
}

// Known once the minimum is watched; of one's own video at once.
const viewWords = { counted: words.counted, repeated: words.uncounted, owner: words.own };
function showView(play) {
  const text = viewWords[play.view] ?? '';
  if ($('counted').textContent !== text) $('counted').textContent = text;
}

function cover(text, label, act) {
  const hadFocus = player.contains(document.activeElement) && document.activeElement !== document.body;
  $('cover-text').textContent = text;
  $('start').setAttribute('aria-label', label);
  $('start').onclick = act;
  $('start').hidden = false;
  $('cover').hidden = false;
  if (hadFocus) $('start').focus();
}

function trouble(text) {
  $('trouble').textContent = text ?? '';
  $('trouble').hidden = !text;
}

// ---- the course of a play ----

async function start() {
  state = 'starting';
  $('start').hidden = true;
  $('cover-text').textContent = words.begins;
  trouble();
  if (clip.error) clip.load();
  run(clip);
  if (!await isPlayable(clip)) return broken(); // a play counts from its start
  const answer = await reports.start();
  if (!answer.ok) {
    clip.pause();
    return refused(answer);
  }

  const play = answer.body.play;
  placements = answer.body.placements.filter(p => p.adId);
  position = furthest = play.positionSeconds;
  sinceReport = 0;
  passed(position);
  seekPicture();
  state = 'playing';
  $('cover').hidden = true;
  showView(play);
  show();
  if (clip.error) return stop();
  $('toggle').focus({ preventScroll: true });
}

function tick() {
  const now = performance.now();
  const step = Math.min((now - last) / 1000, TICK_MAX_S);
  last = now;
  if (state === 'ad' && isRunning(adClip)) {
    ad.elapsed += step;
    if (ad.elapsed >= ad.adLengthSeconds) endAd();
  } else if (state === 'playing' && isRunning(clip)) {
    advance(step);
  }

  if (state === 'playing' || state === 'ad') showPosition();
}

function advance(step) {
  const next = Math.min(position + step, length);
  const due = placements.find(p => !p.isPassed && p.positionSeconds > position && p.positionSeconds <= next);
  position = due ? due.positionSeconds : next;
  furthest = Math.max(furthest, position);
  sinceReport += step;
  if (due) return beginAd(due);
  if (position >= length) return end();
  if (sinceReport >= REPORT_EVERY_S) report();
}

function beginAd(placement) {
  state = 'ad';
  ad = { ...placement, placement, elapsed: 0 };
  clip.pause();
  adClip.src = placement.adSource ?? player.dataset.ad;
  adClip.loop = true;
  adClip.classList.toggle('off', isStill);
  adClip.onerror = () => { adClip.onerror = null; adClip.src = player.dataset.ad; run(adClip); };
  run(adClip);
  clip.classList.add('off');
  $('tag').classList.add('ad');
  $('tag').hidden = false;
  say(fill(words.ad, ad.adTitle, String(Math.ceil(ad.adLengthSeconds))));
  show();
}

function endAd() {
  ad.placement.isPassed = true;
  ad = null;
  adClip.onerror = null;
  adClip.pause();
  adClip.classList.add('off');
  clip.classList.toggle('off', isSample && isStill);
  $('tag').classList.remove('ad');
  $('tag').textContent = words.sample;
  $('tag').hidden = !isSample;
  state = 'playing';
  run(clip);
  say(words.adover);
  show();
  report();
}

async function end() {
  state = 'over';
  clip.pause();
  show();
  const answer = await report();
  cover(answer && !answer.ok ? words.offline : words.ended, words.again, start);
}

async function stop() {
  if (state !== 'playing' && state !== 'paused') return;
  state = 'over';
  clip.pause();
  show();
  const answer = await reports.send(position, true);
  if (!answer.ok) return refused(answer);
  position = answer.body.positionSeconds;
  show();
  cover(fill(words.stopped, clock(position)), words.goon, start);
}

// ---- reports ----

// An ad counts once it was shown to its end: until then the play is just before its place.
const told = () => (ad ? ad.positionSeconds - 0.001 : position);

async function report() {
  sinceReport = 0;
  const answer = await reports.send(told(), false);
  if (!answer) return null;
  if (!answer.ok) {
    if (answer.status === 0 || answer.status >= 500 || answer.status === 429) trouble(answer.status === 0 ? words.offline : words.busy);
    else refused(answer);
    return answer;
  }

  trouble();
  showView(answer.body);
  const truth = answer.body.positionSeconds;
  if (state === 'playing' && position - truth > SERVER_AHEAD_OF_US_S) {
    position = truth;
    furthest = answer.body.furthestSeconds;
    seekPicture();
  }

  return answer;
}

function refused(answer) {
  clip.pause();
  adClip.pause();
  ad = null;
  state = 'over';
  show();
  if (answer.status === 409) cover(words.replaced, words.here, start);
  else if (answer.status === 404) cover(words.gone, words.reload, () => location.reload());
  else if (answer.status === 400 || answer.status === 401) cover(words.stale, words.reload, () => location.reload());
  else cover(answer.status === 0 ? words.offline : words.busy, words.play, start);
}

// ---- the picture ----

function run(media) {
  media.play().catch(e => { if (e.name === 'NotAllowedError' && media === clip && state === 'playing') pause(); });
}

function broken() {
  state = 'idle';
  show();
  trouble(words.broken);
  cover('', words.play, start);
}

function seekPicture() {
  if (!Number.isFinite(clip.duration) || clip.duration <= 0) return;
  clip.loop = clip.duration < length;
  clip.currentTime = clip.loop ? position % clip.duration : position;
}

function pause() {
  state = 'paused';
  clip.pause();
  show();
  report();
}

function passed(from) {
  for (const p of placements) p.isPassed = p.positionSeconds <= from;
}

// ---- what the viewer does ----

$('start').onclick = start;
$('toggle').onclick = () => {
  if (state === 'playing') {
    pause();
  } else if (state === 'paused') {
    state = 'playing';
    run(clip);
    show();
  }
};
$('stop').onclick = stop;
$('mute').onclick = () => {
  clip.muted = adClip.muted = !clip.muted;
  $('mute').setAttribute('aria-pressed', String(clip.muted));
};
$('full').onclick = () => (document.fullscreenElement ? document.exitFullscreen() : player.requestFullscreen());
$('seek').oninput = () => {
  const asked = Number($('seek').value);
  if (asked > furthest) say(words.ahead);
  position = Math.min(asked, furthest);
  seekPicture();
  showPosition();
};
$('seek').onchange = () => report();
clip.addEventListener('loadedmetadata', seekPicture);
clip.addEventListener('error', () => {
  if (state === 'playing' || state === 'paused') stop();
  trouble(words.broken);
});
// Media keys and browsers pause, too. An ad that was paused goes on with a press.
clip.addEventListener('pause', () => { if (state === 'playing' && !clip.ended) pause(); });
adClip.addEventListener('pause', () => {
  if (state === 'ad') cover($('tag').textContent, words.goon, () => { $('cover').hidden = true; run(adClip); });
});
addEventListener('pagehide', () => {
  if (state === 'playing' || state === 'paused' || state === 'ad') reports.leave(told());
});
addEventListener('pageshow', e => { if (e.persisted) location.reload(); });

clip.loop = true;
clip.classList.toggle('off', isSample && isStill);
$('start').hidden = false;
player.dataset.state = state;
if (clip.error) trouble(words.broken); // its event may have been before this script
setInterval(tick, TICK_MS);
