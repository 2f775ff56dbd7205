// The form of a video: uploads the chosen file, fills in its length, and takes a thumbnail from it.
import './drafts.js';
import { send } from './upload.js';

const PICTURE_WIDTH = 640;
const QUALITIES = [.82, .6, .4];

const $ = id => document.getElementById(id);
const box = $('upload');
const frame = $('frame-video');

if (box) {
  const texts = JSON.parse(box.dataset.texts);
  const fill = (text, ...values) => text.replace(/\{(\d)\}/g, (_, n) => values[n]);
  const say = text => { $('file-status').textContent = text; };
  let running = null;
  let isFirstFrame = false;
  let taking = null;

  const failure = (status, title) => ({ 401: texts.stale, 403: texts.stale, 400: texts.stale, 415: texts.type, 422: texts.damaged }[status]
    ?? (status === 413 ? (title === 'Storage is full' ? texts.full : fill(texts.large, box.dataset.max)) : texts.failed));

  async function upload(file) {
    running?.abort();
    if (!['video/mp4', 'video/webm'].includes(file.type)) return say(texts.type);
    if (file.size > Number(box.dataset.maxBytes)) return say(fill(texts.large, box.dataset.max));
    showFrames(URL.createObjectURL(file), true);
    const mine = running = new AbortController();
    $('file-progress').hidden = $('file-cancel').hidden = false;
    const result = await send(file, file.type, box.dataset.csrf, mine.signal, percent => {
      $('file-progress').value = percent;
      say(fill(texts.sending, file.name, percent));
    });
    if (mine !== running) return;
    running = null;
    $('file-progress').hidden = $('file-cancel').hidden = true;
    if (result.address) $('source').value = result.address;
    box.dataset.state = result.address ? 'sent' : 'failed';
    say(result.address ? fill(texts.sent, file.name) : result.isAborted ? texts.cancelled : failure(result.status, result.title));
  }

  // ---- thumbnail ----

  function showFrames(address, isNew) {
    isFirstFrame = isNew;
    if (frame.src.startsWith('blob:')) URL.revokeObjectURL(frame.src);
    frame.src = address;
    $('frame').hidden = false;
    $('frame-none').hidden = true;
  }

  function showDuration() {
    // Recordings without a length have one after a seek to the end.
    if (frame.duration === Infinity) {
      frame.currentTime = Number.MAX_SAFE_INTEGER;
      return;
    }

    $('frame-at').max = String(frame.duration);
    if (!isFirstFrame) return;
    $('minutes').value = String(Math.floor(frame.duration / 60));
    $('seconds').value = String(Math.floor(frame.duration % 60 * 1000) / 1000);
    frame.currentTime = Math.min(1, frame.duration / 4);
    $('frame-at').value = String(frame.currentTime);
  }

  function take() {
    const mine = taking = takePicture().finally(() => { if (taking === mine) taking = null; });
  }

  async function takePicture() {
    const canvas = document.createElement('canvas');
    const scale = Math.min(1, PICTURE_WIDTH / Math.max(frame.videoWidth, frame.videoHeight));
    canvas.width = Math.max(1, Math.round(frame.videoWidth * scale));
    canvas.height = Math.max(1, Math.round(frame.videoHeight * scale));
    canvas.getContext('2d').drawImage(frame, 0, 0, canvas.width, canvas.height);
    for (const quality of QUALITIES) {
      const picture = await new Promise(done => canvas.toBlob(done, 'image/jpeg', quality));
      if (!picture || picture.size > Number(box.dataset.pictureMaxBytes)) continue;
      const result = await send(picture, picture.type, box.dataset.csrf);
      if (!result.address) return say(failure(result.status, result.title));
      $('thumbnail').value = result.address;
      $('thumbnail-picture').src = result.address;
      $('thumbnail-picture').hidden = false;
      $('frame-status').textContent = texts.taken;
      return;
    }
  }

  frame.addEventListener('durationchange', showDuration);
  frame.addEventListener('seeked', () => {
    if (!isFirstFrame || frame.duration === Infinity || frame.currentTime >= frame.duration) return;
    isFirstFrame = false;
    take();
  });
  frame.addEventListener('error', () => {
    $('frame').hidden = true;
    if (isFirstFrame) $('frame-status').textContent = texts.undecodable;
  });
  $('frame-at').oninput = () => { frame.currentTime = Number($('frame-at').value); };
  $('frame-take').onclick = take;
  $('file').onchange = () => { if ($('file').files[0]) upload($('file').files[0]); };
  $('file-cancel').onclick = () => running?.abort();
  box.closest('form').addEventListener('submit', e => {
    if (taking) {
      e.preventDefault();
      taking.finally(() => e.target.requestSubmit(e.submitter));
    } else if (running) {
      e.preventDefault();
      say(texts.wait);
      $('file').focus();
    }
  });
  if (box.dataset.present) showFrames(box.dataset.present, false);
}
