// The player. It displays the registered length and has its own clock, which runs only while the video runs. The server counts by its clock
// and is authoritative where the positions differ.
import { addClicks, addKeys, Volume } from './watch-controls.js';
import { isPlayable, isRunning } from './watch-picture.js';
import { Reports } from './watch-reports.js';

const REPORT_EVERY_S = 5;
const TICK_MS = 250;

// Ticks of a hidden tab are delayed; longer gaps mean that the device was suspended.
const TICK_MAX_S = 65;
const POSITION_TOLERANCE_S = 2;

const $ = id => document.getElementById(id);
const player = $('player');
const texts = JSON.parse(player.dataset.texts);
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
const announce = text => { $('announcement').textContent = text; };

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
  $('toggle').setAttribute('aria-label', isPaused ? texts.play : texts.pause);
  player.querySelector('.i-play').toggleAttribute('hidden', !isPaused);
  player.querySelector('.i-pause').toggleAttribute('hidden', isPaused);
  player.dataset.state = state;
  showPosition();
}

function showPosition() {
  $('clock').textContent = `${clock(position)} / ${clock(length)}`;
  $('seek').value = String(Math.floor(position));
  $('seek').setAttribute('aria-valuetext', fill(texts.position, clock(position), clock(length)));
  player.dataset.position = position.toFixed(1);
  if (ad) $('tag').textContent = fill(texts.ad, ad.adTitle, String(Math.max(0, Math.ceil(ad.adLengthSeconds - ad.elapsed))));
}

// The state of the view; not displayed.
function setView(play) {
  player.dataset.view = play.view;
}

function cover(text, label, action) {
  const hadFocus = player.contains(document.activeElement) && document.activeElement !== document.body;
  $('cover-text').textContent = text;
  $('start').setAttribute('aria-label', label);
  $('start').onclick = action;
  $('start').hidden = false;
  $('cover').hidden = false;
  if (hadFocus) $('start').focus();
}

function showError(text) {
  $('error').textContent = text ?? '';
  $('error').hidden = !text;
}

// ---- play ----

async function start() {
  state = 'starting';
  $('start').hidden = true;
  $('cover-text').textContent = texts.starting;
  showError();
  if (clip.error) clip.load();
  run(clip);
  if (!await isPlayable(clip)) return showUnplayable(); // a play is counted from its start
  const response = await reports.start();
  if (!response.ok) {
    clip.pause();
    return showRefusal(response);
  }

  const play = response.body.play;
  placements = response.body.placements.filter(p => p.adId);
  position = furthest = play.positionSeconds;
  sinceReport = 0;
  markPassed(position);
  seekPicture();
  state = 'playing';
  $('cover').hidden = true;
  setView(play);
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
  announce(fill(texts.ad, ad.adTitle, String(Math.ceil(ad.adLengthSeconds))));
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
  $('tag').textContent = texts.sample;
  $('tag').hidden = !isSample;
  state = 'playing';
  run(clip);
  announce(texts.adEnded);
  show();
  report();
}

async function end() {
  state = 'over';
  clip.pause();
  show();
  const response = await report();
  cover(response && !response.ok ? texts.offline : texts.ended, texts.again, start);
}

async function stop() {
  if (state !== 'playing' && state !== 'paused') return;
  state = 'over';
  clip.pause();
  show();
  const response = await reports.send(position, true);
  if (!response.ok) return showRefusal(response);
  position = response.body.positionSeconds;
  show();
  cover(fill(texts.stopped, clock(position)), texts.resume, start);
}

// ---- reports ----

// An ad is counted once it was displayed completely; until then, the reported position is just before it.
const reportedPosition = () => (ad ? ad.positionSeconds - 0.001 : position);

async function report() {
  sinceReport = 0;
  const response = await reports.send(reportedPosition(), false);
  if (!response) return null;
  if (!response.ok) {
    if (response.status === 0 || response.status >= 500 || response.status === 429) showError(response.status === 0 ? texts.offline : texts.busy);
    else showRefusal(response);
    return response;
  }

  showError();
  setView(response.body);
  const accepted = response.body.positionSeconds;
  if (state === 'playing' && position - accepted > POSITION_TOLERANCE_S) {
    position = accepted;
    furthest = response.body.furthestSeconds;
    seekPicture();
  }

  return response;
}

function showRefusal(response) {
  clip.pause();
  adClip.pause();
  ad = null;
  state = 'over';
  show();
  if (response.status === 409) cover(texts.replaced, texts.here, start);
  else if (response.status === 404) cover(texts.deleted, texts.reload, () => location.reload());
  else if (response.status === 400 || response.status === 401) cover(texts.stale, texts.reload, () => location.reload());
  else cover(response.status === 0 ? texts.offline : texts.busy, texts.play, start);
}

// ---- video element ----

function run(media) {
  media.play().catch(e => { if (e.name === 'NotAllowedError' && media === clip && state === 'playing') pause(); });
}

function showUnplayable() {
  state = 'idle';
  show();
  showError(texts.unplayable);
  cover('', texts.play, start);
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

function markPassed(from) {
  for (const p of placements) p.isPassed = p.positionSeconds <= from;
}

// ---- controls ----

$('start').onclick = start;
function toggle() {
  if (state === 'playing') {
    pause();
  } else if (state === 'paused') {
    state = 'playing';
    run(clip);
    show();
  }
}

function seek(requested) {
  if (requested > furthest) announce(texts.ahead);
  position = Math.max(0, Math.min(requested, furthest));
  seekPicture();
  showPosition();
}

function move(seconds) {
  if (state !== 'playing' && state !== 'paused') return;
  seek(position + seconds);
  report();
}

const toggleOrStart = () => ($('cover').hidden ? toggle() : $('start').hidden || $('start').click());
const toggleFull = () => (document.fullscreenElement ? document.exitFullscreen() : player.requestFullscreen());
const volume = new Volume([clip, adClip], $('volume'), $('mute'));

$('toggle').onclick = toggle;
$('stop').onclick = stop;
$('full').onclick = toggleFull;
$('seek').oninput = () => seek(Number($('seek').value));
$('seek').onchange = () => report();
addClicks(player, player.querySelector('.screen'), $('cover'), toggle);
addKeys(player, {
  ' ': toggleOrStart, k: toggleOrStart, m: () => volume.toggle(), f: toggleFull,
  arrowleft: () => move(-5), arrowright: () => move(5), j: () => move(-10), l: () => move(10),
  arrowup: () => volume.change(1), arrowdown: () => volume.change(-1),
});
clip.addEventListener('loadedmetadata', seekPicture);
clip.addEventListener('error', () => {
  if (state === 'playing' || state === 'paused') stop();
  showError(texts.unplayable);
});
// The file has ended before the player's clock, which stops while the file loads: plays the rest again.
clip.addEventListener('ended', () => {
  if (state !== 'playing') return;
  seekPicture();
  run(clip);
});
// Media keys and browsers can pause as well. A paused ad is resumed with a press. The event is queued: by then it may be playing again.
clip.addEventListener('pause', () => { if (state === 'playing' && clip.paused && !clip.ended) pause(); });
adClip.addEventListener('pause', () => {
  if (state === 'ad') cover($('tag').textContent, texts.resume, () => { $('cover').hidden = true; run(adClip); });
});
addEventListener('pagehide', () => {
  if (state === 'playing' || state === 'paused' || state === 'ad') reports.leave(reportedPosition());
});
addEventListener('pageshow', e => { if (e.persisted) location.reload(); });

clip.loop = true;
clip.classList.toggle('off', isSample && isStill);
$('start').hidden = false;
player.dataset.state = state;
if (clip.error) showError(texts.unplayable); // the event may have been raised before this script
setInterval(tick, TICK_MS);
