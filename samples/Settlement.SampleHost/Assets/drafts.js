// Keeps form input while an expired login session is renewed: submitting a form then leads to the login page and back.
const prefix = 'draft ';
const key = prefix + location.pathname;
const from = document.referrer ? new URL(document.referrer).pathname : '';

if (location.pathname === '/login') {
  // Keeps only the draft of the form that led here: others are outdated, or another user's.
  if (from !== '/login') {
    for (const name of Object.keys(sessionStorage)) {
      if (name.startsWith(prefix) && name !== prefix + from) sessionStorage.removeItem(name);
    }
  }
} else {
  const fields = () => [...document.querySelectorAll(
    'main form.form :is(input:not([type=hidden], [type=password], [type=file]), textarea, select)')];
  const draft = sessionStorage.getItem(key);
  sessionStorage.removeItem(key);
  if (draft && from === '/login') {
    const values = JSON.parse(draft);
    for (const field of fields()) if (field.name in values) field.value = values[field.name];
  }

  for (const form of document.querySelectorAll('main form.form')) {
    form.addEventListener('submit', () => {
      sessionStorage.setItem(key, JSON.stringify(Object.fromEntries(fields().map(field => [field.name, field.value]))));
    });
  }
}
