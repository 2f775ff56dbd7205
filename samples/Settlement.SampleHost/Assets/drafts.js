// Keeps what was typed while a session that has expired is renewed: a form that is sent then leads to the login, and back to its page.
const prefix = 'draft ';
const key = prefix + location.pathname;
const from = document.referrer ? new URL(document.referrer).pathname : '';

if (location.pathname === '/login') {
  // Of the form that led here alone: what another one kept was taken long ago, or is somebody else's.
  if (from !== '/login') {
    for (const name of Object.keys(sessionStorage)) {
      if (name.startsWith(prefix) && name !== prefix + from) sessionStorage.removeItem(name);
    }
  }
} else {
  const fields = () => [...document.querySelectorAll('main form.form input:not([type=hidden]):not([type=password])')];
  const kept = sessionStorage.getItem(key);
  sessionStorage.removeItem(key);
  if (kept && from === '/login') {
    const values = JSON.parse(kept);
    for (const field of fields()) if (field.name in values) field.value = values[field.name];
  }

  for (const form of document.querySelectorAll('main form.form')) {
    form.addEventListener('submit', () => {
      sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(fields().map(field => [field.name, field.value]))));
    });
  }
}
