// The form of a video: uploads the chosen file, fills in its length, and takes a thumbnail from it.
import './drafts.js';
import { send } from './upload.js';

const PICTURE_WIDTH = 640;
const QUALITIES = [.82, .6, .4];

/** How long saving the form waits for the length and the thumbnail of a new file, in ms. */
const PREPARE_MS_MAX = 10_000;

const $ = id => document.getElementById(id);
const box = $('upload');
const frame = $('frame-video');

if (box) {
  const texts = JSON.parse(box.dataset.texts);
  const fill = (text, ...values) => text.replace(/\{(\d)\}/g, (_, n) => values[n]);
  const say = text => { $('file-status').textContent = text; };
  const sayFrame = text => { $('frame-status').textContent = text; };
  let running = null;
  let isFirstFrame = false;
  let taking = null;
  let preparing = null;
  let prepared = () => {};

  const failure = (status, title) => ({
    401: texts.stale, 403: texts.stale, 400: texts.stale, 409: texts.slow, 415: texts.type, 422: texts.damaged,
  }[status] ?? (status === 413 ? (title === 'Storage is full' ? texts.full : fill(texts.large, box.dataset.max)) : texts.failed));
  const pictureFailure = (status, title) => ({ 401: texts.stale, 403: texts.stale }[status]
    ?? (status === 413 && title === 'Storage is full' ? texts.full : texts.picture));

  function stop() {
    running?.abort();
    running = null;
    $('file-progress').hidden = $('file-cancel').hidden = true;
  }

  async function upload(file) {
    stop();
    if (!['video/mp4', 'video/webm'].includes(file.type)) return say(texts.type);
    if (file.size > Number(box.dataset.maxBytes)) return say(fill(texts.large, box.dataset.max));
    const mine = running = new AbortController();
    box.dataset.state = 'sending';
    $('file-progress').hidden = $('file-cancel').hidden = false;
    const result = await send(file, file.type, box.dataset.csrf, mine.signal, percent => {
      $('file-progress').value = percent;
      say(fill(texts.sending, file.name, percent));
    });
    if (mine !== running) return;
    stop();
    if (result.address) use(result.address, file);
    box.dataset.state = result.address ? 'sent' : 'failed';
    say(result.address ? fill(texts.sent, file.name) : result.isAborted ? texts.cancelled : failure(result.status, result.title));
  }

  // Only once the file is stored: until then, and after a failure, the source, the length and the thumbnail are those of the previous one.
  function use(address, file) {
    $('source').value = address;
    $('thumbnail').value = '';
    $('thumbnail-picture').hidden = true;
    sayFrame('');
    showFrames(URL.createObjectURL(file), true);
  }

  // ---- thumbnail ----

  function showFrames(address, isNew) {
    prepared();
    if (isNew) {
      const mine = preparing = new Promise(done => {
        prepared = done;
        setTimeout(done, PREPARE_MS_MAX);
      }).finally(() => { if (preparing === mine) preparing = null; });
    }

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
    return mine;
  }

  async function takePicture() {
    const of = frame.src;
    const canvas = document.createElement('canvas');
    const scale = Math.min(1, PICTURE_WIDTH / Math.max(frame.videoWidth, frame.videoHeight));
    canvas.width = Math.max(1, Math.round(frame.videoWidth * scale));
    canvas.height = Math.max(1, Math.round(frame.videoHeight * scale));
    canvas.getContext('2d').drawImage(frame, 0, 0, canvas.width, canvas.height);
    for (const quality of QUALITIES) {
      const picture = await new Promise(done => canvas.toBlob(done, 'image/jpeg', quality));
      if (!picture || picture.size > Number(box.dataset.pictureMaxBytes)) continue;
      const result = await send(picture, picture.type, box.dataset.csrf);
      if (frame.src !== of) return; // the picture is of the previous file
      if (!result.address) return sayFrame(pictureFailure(result.status, result.title));
      $('thumbnail').value = result.address;
      $('thumbnail-picture').src = result.address;
      $('thumbnail-picture').hidden = false;
      return sayFrame(texts.taken);
    }

    sayFrame(texts.picture);
  }

  frame.addEventListener('durationchange', showDuration);
  frame.addEventListener('seeked', () => {
    if (!isFirstFrame || frame.duration === Infinity || frame.currentTime >= frame.duration) return;
    isFirstFrame = false;
    const done = prepared;
    take().finally(done);
  });
  frame.addEventListener('error', () => {
    $('frame').hidden = true;
    if (isFirstFrame) sayFrame(texts.undecodable);
    prepared();
  });
  $('frame-at').oninput = () => { frame.currentTime = Number($('frame-at').value); };
  $('frame-take').onclick = take;
  $('file').onchange = () => { if ($('file').files[0]) upload($('file').files[0]); };
  $('file-cancel').onclick = () => running?.abort();
  box.closest('form').addEventListener('submit', e => {
    if (running) {
      e.preventDefault();
      say(texts.wait);
      $('file').focus();
    } else if (preparing ?? taking) {
      e.preventDefault();
      (preparing ?? taking).finally(() => e.target.requestSubmit(e.submitter));
    }
  });
  if (box.dataset.present) showFrames(box.dataset.present, false);
}
