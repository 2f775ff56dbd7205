// Displays the progress of running closes from server-sent events, and reloads the page when a close ends.
for (const row of document.querySelectorAll('[data-close]')) {
  const events = new EventSource(`/api/schedule/closes/${row.dataset.close}/events`);
  events.addEventListener('close', e => {
    const close = JSON.parse(e.data);
    row.querySelector('progress').value = close.progress;
    const isEnglish = document.documentElement.lang === 'en';
    row.querySelector('.detail').textContent = isEnglish ? close.detail : `${Math.floor(close.progress * 100)} %`;
    if (close.state === 'running') return;
    events.close();
    document.getElementById('announcement').textContent = document.getElementById('closes').dataset.done;
    location.reload();
  });
}
