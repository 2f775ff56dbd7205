// Follows the closes that are running: the server sends how far each is until its end, and then the page is loaded anew.
for (const row of document.querySelectorAll('[data-close]')) {
  const events = new EventSource(`/api/schedule/closes/${row.dataset.close}/events`);
  events.addEventListener('close', e => {
    const close = JSON.parse(e.data);
    row.querySelector('progress').value = close.progress;
    row.querySelector('.detail').textContent = close.detail;
    if (close.state === 'running') return;
    events.close();
    document.getElementById('said').textContent = document.getElementById('closes').dataset.done;
    location.reload();
  });
}
